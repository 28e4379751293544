import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeBrowser, type FakePage, installFakeBrowser } from './fake-browser.fixture.ts';
import { createHalf } from './half.ts';
import { createSession, type Session } from './session.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

let browser: FakeBrowser;
beforeEach(() => {
  browser = installFakeBrowser();
});
afterEach(() => browser.uninstall());

interface Options {
  sampling?: number;
}

const startSession = (options: Options = {}): Session<object> => {
  const half = createHalf({ tenant: 't1', ...options });
  const session = createSession(half, 'sess_', () => ({}));
  half.consent(true);
  return session;
};

const idOf = (session: Session<object>): string => session.next(true)!.session_id;

describe('numbers', () => {
  it('are dense, and the step stays where an event belongs to the one before', () => {
    browser.open(browser.newTab());
    const session = startSession();
    const given = [true, true, false, true].map((advances) => session.next(advances));
    expect(given.map((numbers) => numbers?.sequence_number)).toEqual([1, 2, 3, 4]);
    expect(given.map((numbers) => numbers?.step_number)).toEqual([1, 2, 2, 3]);
    expect(given[0]?.session_id).toMatch(/^sess_\d+$/);
  });

  it('go on after a reload', () => {
    const tab = browser.newTab();
    const page = browser.open(tab);
    const first = startSession().next(true);
    browser.leave(page);
    browser.open(tab);
    expect(startSession().next(true)).toEqual({ ...first, step_number: 2, sequence_number: 2 });
  });

  it('count what is tracked while the page is being left', () => {
    const tab = browser.newTab();
    const page = browser.open(tab);
    const session = startSession();
    session.next(true);
    browser.leave(page);
    session.next(true);
    browser.open(tab);
    expect(startSession().next(true)).toMatchObject({ sequence_number: 3 });
  });

  it('go on in a page that comes back, after those that another page gave out', () => {
    const tab = browser.newTab();
    const page = browser.open(tab);
    const session = startSession();
    session.next(true);
    browser.leave(page);
    const other = browser.open(tab);
    startSession().next(true);
    browser.leave(other);
    browser.restore(page);
    expect(session.next(true)).toMatchObject({ sequence_number: 3 });
  });

  it('go on without any storage in a page that comes back', () => {
    browser.setGlobal('sessionStorage', undefined);
    const page: FakePage = browser.open({ sessionStorage: undefined as never });
    const session = startSession();
    session.next(true);
    browser.leave(page);
    browser.restore(page);
    expect(session.next(true)).toMatchObject({ sequence_number: 2 });
  });
});

describe('a tab of its own', () => {
  it('has a session of its own', () => {
    browser.open(browser.newTab());
    const one = idOf(startSession());
    browser.open(browser.newTab());
    expect(idOf(startSession())).not.toBe(one);
  });

  it('is also a duplicate of a tab whose session came from an earlier page', () => {
    const tab = browser.newTab();
    const page = browser.open(tab);
    const session = startSession();
    const one = idOf(session);
    browser.leave(page);
    browser.open(tab);
    const again = startSession();
    const duplicate = browser.duplicate(tab);
    browser.open(duplicate);
    expect(idOf(startSession())).not.toBe(one);
    expect(again.next(true)).toMatchObject({ session_id: one, sequence_number: 2 });
  });

  it('is also the duplicate of a duplicate, and a duplicate that was reloaded', () => {
    const tab = browser.newTab();
    const page = browser.open(tab);
    const one = idOf(startSession());
    browser.leave(page);
    browser.open(tab);
    startSession();
    const duplicate = browser.duplicate(tab);
    const copied = browser.open(duplicate);
    startSession();
    browser.leave(copied);
    browser.open(duplicate);
    expect(idOf(startSession())).not.toBe(one);
    browser.open(browser.duplicate(duplicate));
    expect(idOf(startSession())).not.toBe(one);
  });

  it('is also a duplicate of a tab that was elsewhere meanwhile', () => {
    const tab = browser.newTab();
    const page = browser.open(tab);
    const session = startSession();
    const one = idOf(session);
    browser.leave(page);
    const duplicate = browser.duplicate(tab);
    browser.restore(page);
    expect(session.next(true)).toMatchObject({ session_id: one, sequence_number: 2 });
    browser.open(duplicate);
    expect(idOf(startSession())).not.toBe(one);
  });

  it('starts anew after a crash, since nobody knows which numbers were given out', () => {
    const tab = browser.newTab();
    const page = browser.open(tab);
    const one = idOf(startSession());
    browser.leave(page);
    browser.open(tab);
    expect(idOf(startSession())).toBe(one);
    browser.open(tab);
    expect(idOf(startSession())).not.toBe(one);
  });
});

describe('the end', () => {
  it('comes after 30 minutes without an event, whatever page it is', async () => {
    browser.open(browser.newTab());
    const session = startSession();
    const one = idOf(session);
    await browser.pass(30 * MINUTE_MS);
    expect(idOf(session)).toBe(one);
    await browser.pass(30 * MINUTE_MS + 1);
    expect(session.current()).toBeUndefined();
    expect(session.next(true)).toMatchObject({ sequence_number: 1, step_number: 1 });
    expect(idOf(session)).not.toBe(one);
  });

  it('is counted from the last event, not from the page', async () => {
    browser.open(browser.newTab());
    const session = startSession();
    const one = idOf(session);
    for (let i = 0; i < 5; i += 1) {
      await browser.pass(20 * MINUTE_MS);
      expect(idOf(session)).toBe(one);
    }
  });

  it('is noticed by the next page', async () => {
    const tab = browser.newTab();
    const page = browser.open(tab);
    const one = idOf(startSession());
    browser.leave(page);
    await browser.pass(31 * MINUTE_MS);
    browser.open(tab);
    expect(idOf(startSession())).not.toBe(one);
  });

  it('comes before the limits of the server: 24 hours and 5,000 events', async () => {
    browser.open(browser.newTab());
    const session = startSession();
    const one = idOf(session);
    for (let i = 0; i < 2 * 23; i += 1) {
      expect(idOf(session)).toBe(one);
      await browser.pass(HOUR_MS / 2);
    }
    const two = idOf(session);
    expect(two).not.toBe(one);
    for (let i = 1; i < 4_500; i += 1) expect(idOf(session)).toBe(two);
    expect(idOf(session)).not.toBe(two);
  });
});

describe('sampling', () => {
  it('is off by default, and decides for whole sessions', async () => {
    browser.open(browser.newTab());
    const everything = startSession();
    for (let i = 0; i < 100; i += 1) expect(everything.next(true)).toBeDefined();

    browser.open(browser.newTab());
    const half = startSession({ sampling: 0.5 });
    let recorded = 0;
    for (let i = 0; i < 400; i += 1) {
      const first = half.next(true);
      expect(half.next(true) === undefined).toBe(first === undefined);
      if (first) recorded += 1;
      await browser.pass(31 * MINUTE_MS);
    }
    expect(recorded).toBeGreaterThan(120);
    expect(recorded).toBeLessThan(280);
  });
});

describe('consent', () => {
  it('comes before anything is read or written', () => {
    const tab = browser.newTab();
    browser.open(tab);
    const half = createHalf({ tenant: 't1' });
    const session = createSession(half, 'sess_', () => ({}));
    expect(Object.keys(tab.sessionStorage)).toEqual([]);
    half.consent(true);
    session.next(true);
    session.release();
    expect(Object.keys(tab.sessionStorage)).toEqual(['picasso.t1.sess_']);
    startSession();
    expect(Object.keys(browser.localStorage)).toEqual(['picasso.t1.sess_']);
    half.consent(false);
    expect(Object.keys(tab.sessionStorage)).toEqual([]);
    expect(Object.keys(browser.localStorage)).toEqual([]);
    expect(session.current()).toBeUndefined();
  });
});

it('keeps tenants apart', () => {
  const tab = browser.newTab();
  const page = browser.open(tab);
  const one = idOf(startSession());
  browser.leave(page);
  browser.open(tab);
  const half = createHalf({ tenant: 't2' });
  const other = createSession(half, 'sess_', () => ({}));
  half.consent(true);
  expect(idOf(other)).not.toBe(one);
  expect(idOf(startSession())).toBe(one);
});
