import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createDelivery, type Delivery } from './delivery.ts';
import {
  type FakeBrowser,
  type FakePage,
  installFakeBrowser,
  storedEvents,
} from './fake-browser.fixture.ts';
import { createHalf, type TrackerReport } from './half.ts';
import { createOutbox, type Outbox } from './outbox.ts';

interface Event {
  event_id: string;
  text: string;
}

let browser: FakeBrowser;
let page: FakePage;
let outbox: Outbox;
let delivery: Delivery;
let reports: TrackerReport[];
let counter: number;

beforeEach(() => {
  browser = installFakeBrowser();
  page = browser.open(browser.newTab());
  reports = [];
  counter = 0;
  const half = createHalf({
    tenant: 't1',
    onReport: (report: TrackerReport) => reports.push(report),
  });
  outbox = createOutbox(half, 'host', () => undefined);
  delivery = createDelivery(half, outbox, 'u');
  half.consent(true);
});
afterEach(() => browser.uninstall());

const add = (count = 1, { urgent = false, bytes = 0 } = {}): void => {
  for (let i = 0; i < count; i += 1) {
    const event: Event = { event_id: `e${(counter += 1)}`, text: 'x'.repeat(bytes) };
    outbox.add(event);
    delivery.notify(urgent);
  }
};
const idsOf = (request: number): string[] =>
  browser.requests[request]?.events.map(({ event_id }) => event_id) ?? [];
const ids = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `e${from + i}`);

describe('when', () => {
  it('five seconds after the first event', async () => {
    add(2);
    await browser.pass(4_999);
    expect(browser.requests).toEqual([]);
    add(1);
    await browser.pass(1);
    expect(idsOf(0)).toEqual(ids(1, 3));
  });

  it('at once with ten events, but not inside the call', async () => {
    add(10);
    expect(browser.requests).toEqual([]);
    await browser.pass(0);
    expect(idsOf(0)).toEqual(ids(1, 10));
  });

  it('when the page wants it', async () => {
    const half = createHalf({ tenant: 't2', flushMs: 1_000, flushEvents: 3 });
    outbox = createOutbox(half, 'host', () => undefined);
    delivery = createDelivery(half, outbox, 'u');
    half.consent(true);
    add(2);
    await browser.pass(999);
    expect(browser.requests).toEqual([]);
    await browser.pass(1);
    expect(idsOf(0)).toEqual(ids(1, 2));
    add(3);
    await browser.pass(0);
    expect(idsOf(1)).toEqual(ids(3, 5));
  });

  it('at once with what is urgent, and everything before it', async () => {
    add(2);
    add(1, { urgent: true });
    await browser.pass(0);
    expect(idsOf(0)).toEqual(ids(1, 3));
  });

  it('never twice at a time, and in order', async () => {
    let release: (() => void) | undefined;
    const { fetch } = globalThis;
    browser.setGlobal('fetch', async (...args: Parameters<typeof fetch>) => {
      const answer = await fetch(...args);
      await new Promise<void>((resolve) => (release = resolve));
      return answer;
    });
    add(10);
    await browser.pass(0);
    add(10);
    await browser.pass(10_000);
    expect(browser.requests).toHaveLength(1);
    release?.();
    await browser.pass(0);
    expect(idsOf(1)).toEqual(ids(11, 20));
  });

  it('when nobody sees the page any more', async () => {
    add(2);
    browser.hide(page);
    expect(idsOf(0)).toEqual(ids(1, 2));
    await browser.pass(60_000);
    expect(browser.requests).toHaveLength(1);
  });
});

describe('what', () => {
  it('a batch as the contract describes it, from a page that may be gone before the answer', async () => {
    add(1, { urgent: true });
    await browser.pass(0);
    expect(JSON.parse(browser.requests[0]!.body)).toEqual({
      sent_at: new Date().toISOString(),
      sdk: { name: '@picasso/tracker', version: '0.0.0' },
      events: [{ event_id: 'e1', text: '' }],
    });
    expect(browser.requests[0]!.keepalive).toBe(true);
  });

  it('in bodies that leave room for what is said at the end', async () => {
    add(20, { bytes: 5_000 });
    await browser.pass(10);
    expect(browser.sent().map(({ event_id }) => event_id)).toEqual(ids(1, 20));
    for (const { body } of browser.requests) expect(body.length).toBeLessThan(31_000);
  });

  it('a single event that is larger than that goes alone', async () => {
    add(1);
    add(1, { bytes: 32_000 });
    add(1, { urgent: true });
    await browser.pass(10);
    expect(browser.requests.map(({ events }) => events.length)).toEqual([1, 1, 1]);
  });

  it('what is too large to outlive a page like any other request, so that nothing waits behind it', async () => {
    add(1, { bytes: 100_000 });
    add(1, { urgent: true });
    await browser.pass(10);
    expect(browser.requests.map(({ keepalive }) => keepalive)).toEqual([false, true]);
    expect(storedEvents(browser)).toEqual([]);
  });

  it('at the end as much as browsers let a page send, and the rest stays', () => {
    browser.answer = () => 'hanging';
    add(40, { bytes: 3_000 });
    delivery.flush(true);
    const bytes = browser.requests.map(({ body }) => body.length);
    expect(bytes.length).toBeGreaterThan(1);
    expect(Math.max(...bytes)).toBeLessThan(31_000);
    expect(bytes.reduce((sum, one) => sum + one)).toBeLessThan(65_536);
    expect(bytes.reduce((sum, one) => sum + one)).toBeGreaterThan(55_000);
    expect(storedEvents(browser)).toHaveLength(40);
    delivery.flush(true);
    expect(browser.requests).toHaveLength(bytes.length);
  });

  it('not again what is on its way', async () => {
    browser.answer = () => 'hanging';
    add(10);
    await browser.pass(0);
    add(2);
    delivery.flush(true);
    expect(browser.requests.map(({ events }) => events.length)).toEqual([10, 2]);
  });

  it('as beacons where requests do not outlive their page, no more than browsers take', () => {
    browser.setGlobal('Request', class {});
    add(40, { bytes: 3_000 });
    delivery.flush(true);
    expect(browser.requests).toEqual([]);
    const bytes = browser.beacons.map(({ length }) => length);
    expect(bytes.length).toBeGreaterThan(1);
    expect(bytes.reduce((sum, one) => sum + one)).toBeLessThan(65_536);
    expect(storedEvents(browser)).toHaveLength(40);
  });

  it('as a beacon when a request cannot be made', async () => {
    browser.answer = () => 'broken';
    add(1);
    delivery.flush(true);
    await browser.pass(0);
    expect(browser.beacons).toHaveLength(1);
    expect(browser.beacons[0]).toBe(browser.requests[0]!.body);
    // Nobody has answered for it.
    expect(storedEvents(browser)).toHaveLength(1);
  });

  it('again later when there are no beacons either', async () => {
    const accept = browser.answer;
    browser.answer = () => 'broken';
    Object.assign(navigator, { sendBeacon: undefined });
    add(1);
    delivery.flush(true);
    await browser.pass(0);
    browser.answer = accept;
    page.window.dispatchEvent(new Event('online'));
    await browser.pass(0);
    expect(storedEvents(browser)).toEqual([]);
  });
});

describe('answers', () => {
  const refuse = (...bad: string[]) => {
    browser.answer = (events) => {
      const rejected = events.flatMap(({ event_id }, index) =>
        bad.includes(event_id) ? [{ index, code: 'invalid', path: '/p', message: 'm' }] : [],
      );
      const accepted = events.length - rejected.length;
      return { status: 200, body: { accepted, duplicates: 0, rejected } };
    };
  };

  it('settle their events: those that were refused are reported, and gone', async () => {
    refuse('e2');
    add(3);
    await browser.pass(60_000);
    expect(outbox.entries()).toEqual([]);
    expect(storedEvents(browser)).toEqual([]);
    const event = { event_id: 'e2', text: '' };
    expect(reports).toEqual([
      { type: 'rejected', event, index: 1, code: 'invalid', path: '/p', message: 'm' },
    ]);
    expect(browser.requests).toHaveLength(1);
  });

  it.each([
    ['413', { status: 413 }],
    ['400', { status: 400 }],
    ['one refusal for all', { status: 200, body: { accepted: 0, duplicates: 0, rejected: [{}] } }],
  ])('to all of them (%s) are narrowed down to the event that spoils it', async (_n, answer) => {
    const accept = browser.answer;
    browser.answer = (events) =>
      events.some(({ event_id }) => event_id === 'e5') ? answer : accept(events);
    add(9);
    await browser.pass(5_000);
    await browser.pass(60_000);
    expect(outbox.entries()).toEqual([]);
    const taken = browser.requests.filter(({ events }) => accept(events) && events.length === 1);
    expect(taken.length).toBeGreaterThan(0);
    const accepted = new Set(
      browser.requests
        .filter(({ events }) => !events.some(({ event_id }) => event_id === 'e5'))
        .flatMap(({ events }) => events.map(({ event_id }) => event_id)),
    );
    expect([...accepted].sort()).toEqual(ids(1, 9).filter((id) => id !== 'e5'));
    expect(reports.filter(({ type }) => type === 'rejected')).toHaveLength(1);
  });

  it.each([
    ['none', 'broken' as const],
    ['500', { status: 500 }],
    ['401', { status: 401 }],
    ['404', { status: 404 }],
    ['2xx of somebody else', { status: 200 }],
  ])('that say nothing (%s) leave everything where it is', async (_name, answer) => {
    browser.answer = () => answer;
    add(3);
    await browser.pass(5_000);
    expect(storedEvents(browser)).toHaveLength(3);
    expect(reports[0]).toMatchObject({ type: 'delayed' });
  });
});

describe('patience', () => {
  it('grows with every failure up to five minutes, and differs from page to page', async () => {
    browser.answer = () => 'broken';
    add(1, { urgent: true });
    const times: number[] = [];
    for (let s = 0; s < 3_600; s += 0.25) {
      const before = browser.requests.length;
      await browser.pass(250);
      if (browser.requests.length > before) times.push(s);
    }
    const pauses = times.slice(1).map((time, i) => time - times[i]!);
    for (const [i, pause] of pauses.entries()) {
      const longest = Math.min(2 ** i, 300);
      expect(pause).toBeLessThanOrEqual(longest + 0.25);
      expect(pause).toBeGreaterThanOrEqual(longest / 2 - 0.25);
    }
    expect(Math.max(...pauses)).toBeGreaterThan(140);
    expect(new Set(pauses.slice(-5)).size).toBeGreaterThan(1);
  });

  it('ends when the network comes back', async () => {
    browser.answer = () => 'broken';
    add(1, { urgent: true });
    await browser.pass(120_000);
    const { length } = browser.requests;
    page.window.dispatchEvent(new Event('online'));
    expect(browser.requests).toHaveLength(length + 1);
  });

  it('starts anew after a success', async () => {
    const accept = browser.answer;
    browser.answer = () => 'broken';
    add(1, { urgent: true });
    await browser.pass(120_000);
    browser.answer = accept;
    page.window.dispatchEvent(new Event('online'));
    await browser.pass(0);
    browser.answer = () => 'broken';
    const { length } = browser.requests;
    add(1, { urgent: true });
    await browser.pass(1_001);
    expect(browser.requests).toHaveLength(length + 2);
  });

  it('does not grow when the clock is put back', async () => {
    browser.answer = () => 'broken';
    add(1, { urgent: true });
    await browser.pass(10);
    jest.setSystemTime(Date.now() - 86_400_000);
    const { length } = browser.requests;
    add(1);
    await browser.pass(6_000);
    expect(browser.requests.length).toBeGreaterThan(length);
  });

  it('is as long as the server asks for, even when the page is left or the network comes back', async () => {
    browser.answer = () => ({ status: 503, headers: { 'retry-after': '60' } });
    add(10);
    await browser.pass(0);
    add(10);
    delivery.flush(true);
    page.window.dispatchEvent(new Event('online'));
    await browser.pass(59_000);
    expect(browser.requests).toHaveLength(1);
    await browser.pass(1_001);
    expect(browser.requests).toHaveLength(2);
  });

  it('of its own does not keep a page from sending at the end', async () => {
    browser.answer = () => 'broken';
    add(1, { urgent: true });
    await browser.pass(120_000);
    const { length } = browser.requests;
    delivery.flush(true);
    expect(browser.requests).toHaveLength(length + 1);
  });
});
