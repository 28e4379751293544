import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type FakeBrowser,
  type FakePage,
  installFakeBrowser,
  storedEvents,
} from './fake-browser.fixture.ts';
import { CLAIM_MS } from './claims.ts';
import { type CommonOptions, createHalf, type TrackerReport } from './half.ts';
import { createOutbox, type Outbox } from './outbox.ts';

interface Started {
  outbox: Outbox;
  reports: TrackerReport[];
  consent(granted: boolean): void;
}

const start = (options: Partial<CommonOptions> = {}): Started => {
  const reports: TrackerReport[] = [];
  const half = createHalf({
    tenant: 't1',
    onReport: (report: TrackerReport) => reports.push(report),
    ...options,
  });
  const outbox = createOutbox(half, 'host', () => undefined);
  half.consent(true);
  return { outbox, reports, consent: half.consent };
};

const numbersIn = (outbox: Outbox): unknown[] =>
  outbox.entries().map(({ json }) => (JSON.parse(json) as { n: unknown }).n);

/** Longer than an owner is given to answer. */
const SETTLED_MS = CLAIM_MS + 500;

describe('an outbox', () => {
  let browser: FakeBrowser;
  beforeEach(() => {
    browser = installFakeBrowser();
  });
  afterEach(() => browser.uninstall());

  it('has every event in storage when `add` returns', () => {
    browser.open(browser.newTab());
    const { outbox } = start();
    for (let n = 1; n <= 3; n += 1) {
      outbox.add({ n });
      expect(storedEvents(browser)).toHaveLength(n);
    }
    outbox.remove([outbox.entries()[0]!.key]);
    expect(storedEvents(browser)).toEqual([{ n: 2 }, { n: 3 }]);
    expect(numbersIn(outbox)).toEqual([2, 3]);
  });

  it('takes over what a page left behind, in its order, before its own', async () => {
    const page = browser.open(browser.newTab());
    const first = start();
    for (let n = 1; n <= 12; n += 1) first.outbox.add({ n });
    await browser.pass(SETTLED_MS);
    browser.leave(page);

    browser.open(browser.newTab());
    const { outbox } = start();
    outbox.add({ n: 13 });
    await browser.pass(SETTLED_MS);
    expect(numbersIn(outbox)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });

  it('leaves alone what a living page will send itself', async () => {
    browser.open(browser.newTab());
    const first = start();
    first.outbox.add({ n: 1 });
    await browser.pass(SETTLED_MS);
    browser.open(browser.newTab());
    const second = start();
    await browser.pass(10 * 60_000);
    second.outbox.adopt();
    await browser.pass(SETTLED_MS);
    expect(numbersIn(second.outbox)).toEqual([]);
    expect(numbersIn(first.outbox)).toEqual([1]);
  });

  it('is taken over by one page only', async () => {
    const page = browser.open(browser.newTab());
    const first = start();
    first.outbox.add({ n: 1 });
    await browser.pass(SETTLED_MS);
    browser.leave(page);

    browser.open(browser.newTab());
    const second = start();
    browser.open(browser.newTab());
    const third = start();
    await browser.pass(SETTLED_MS);
    second.outbox.adopt();
    third.outbox.adopt();
    await browser.pass(SETTLED_MS);
    expect([...numbersIn(second.outbox), ...numbersIn(third.outbox)]).toEqual([1]);
  });

  it('is taken over from whoever had taken it over and left', async () => {
    const page = browser.open(browser.newTab());
    start().outbox.add({ n: 1 });
    await browser.pass(SETTLED_MS);
    browser.leave(page);
    const second = browser.open(browser.newTab());
    start();
    await browser.pass(SETTLED_MS);
    browser.leave(second);
    browser.open(browser.newTab());
    const { outbox } = start();
    await browser.pass(SETTLED_MS);
    expect(numbersIn(outbox)).toEqual([1]);
  });

  it('is taken over after a crash, and leaves no mark for ever', async () => {
    const page = browser.open(browser.newTab());
    start().outbox.add({ n: 1 });
    browser.crash(page);
    let next = browser.open(browser.newTab());
    const { outbox } = start();
    await browser.pass(SETTLED_MS);
    expect(numbersIn(outbox)).toEqual([1]);
    outbox.remove(outbox.entries().map(({ key }) => key));
    browser.leave(next);
    next = browser.open(browser.newTab());
    start();
    await browser.pass(SETTLED_MS);
    browser.leave(next);
    expect(Object.keys(browser.localStorage)).toEqual([]);
  });

  it('is asked for by pages that begin, not after every answer', async () => {
    const page = browser.open(browser.newTab());
    const { outbox } = start();
    await browser.pass(SETTLED_MS);
    outbox.add({ n: 1 });
    browser.crash(page);
    const other = browser.open(browser.newTab());
    const before = { ...browser.localStorage };
    outbox.adopt();
    expect({ ...browser.localStorage }).toEqual(before);
    browser.leave(other);
  });

  it('keeps its order when it is taken over, and over again', async () => {
    browser.open(browser.newTab());
    const one = start();
    await browser.pass(10);
    browser.open(browser.newTab());
    const two = start();
    await browser.pass(SETTLED_MS);
    for (let n = 1; n <= 6; n += 1) {
      (n % 2 ? one : two).outbox.add({ n });
      await browser.pass(5);
    }
    one.outbox.release();
    two.outbox.adopt();
    await browser.pass(SETTLED_MS);
    expect(numbersIn(two.outbox)).toEqual([1, 2, 3, 4, 5, 6]);
    two.outbox.release();
    const { outbox } = start();
    outbox.add({ n: 7 });
    await browser.pass(SETTLED_MS);
    expect(numbersIn(outbox)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(storedEvents(browser)).toHaveLength(7);
  });

  it('belongs to one page when two have stored an event in the same millisecond', async () => {
    browser.open(browser.newTab());
    const one = start();
    const two = start();
    await browser.pass(SETTLED_MS);
    one.outbox.add({ n: 1 });
    two.outbox.add({ n: 2 });
    one.outbox.release();
    two.outbox.adopt();
    await browser.pass(SETTLED_MS);
    expect(numbersIn(two.outbox).sort()).toEqual([1, 2]);
    expect(storedEvents(browser)).toHaveLength(2);
  });

  describe('of a tab that was frozen', () => {
    let page: FakePage;
    let frozen: Started;
    let outbox: Outbox;
    beforeEach(async () => {
      page = browser.open(browser.newTab());
      frozen = start();
      await browser.pass(SETTLED_MS);
      frozen.outbox.add({ n: 1 });
      frozen.outbox.add({ n: 2 });
      browser.crash(page);
      browser.open(browser.newTab());
      ({ outbox } = start());
      await browser.pass(SETTLED_MS);
      expect(numbersIn(outbox)).toEqual([1, 2]);
      page.awake = true;
    });

    it('is not sent by that tab as well', async () => {
      expect(frozen.outbox.waiting()).toEqual([]);
      expect(numbersIn(outbox)).toEqual([1, 2]);
      await browser.pass(10 * SETTLED_MS);
      expect(frozen.outbox.waiting()).toEqual([]);
      expect(numbersIn(outbox)).toEqual([1, 2]);
    });

    it('goes on with what happens there afterwards', async () => {
      frozen.outbox.add({ n: 3 });
      expect(numbersIn(frozen.outbox)).toEqual([3]);
      await browser.pass(SETTLED_MS);
      browser.open(browser.newTab());
      const third = start();
      await browser.pass(SETTLED_MS);
      expect(numbersIn(frozen.outbox)).toEqual([3]);
      expect(numbersIn(third.outbox)).toEqual([]);
    });

    it('leaves its owner and the one who took it over at peace', async () => {
      let writes = 0;
      const { setItem } = browser.localStorage as unknown as Storage;
      Object.defineProperty(browser.localStorage, 'setItem', {
        value: (key: string, value: string) => {
          writes += 1;
          setItem(key, value);
        },
      });
      await browser.pass(60_000);
      expect(writes).toBe(0);
    });
  });

  it('survives a page that clears its storage', async () => {
    browser.open(browser.newTab());
    const { outbox } = start();
    outbox.add({ n: 1 });
    for (const key of Object.keys(browser.localStorage)) delete browser.localStorage[key];
    outbox.add({ n: 2 });
    await browser.pass(SETTLED_MS);
    expect(outbox.waiting()).toHaveLength(2);
    browser.open(browser.newTab());
    const other = start();
    await browser.pass(SETTLED_MS);
    expect(numbersIn(other.outbox)).toEqual([]);
  });

  it('is taken over where there is no room for another copy', async () => {
    browser.open(browser.newTab());
    const first = start();
    first.outbox.add({ n: 1 });
    first.outbox.release();
    const { outbox } = start();
    const { setItem } = browser.localStorage as unknown as Storage;
    Object.defineProperty(browser.localStorage, 'setItem', {
      value: (key: string, value: string) => {
        if (/\d$/.test(key)) throw new DOMException('full', 'QuotaExceededError');
        setItem(key, value);
      },
    });
    await browser.pass(SETTLED_MS);
    expect(numbersIn(outbox)).toEqual([1]);
    outbox.remove(outbox.entries().map(({ key }) => key));
    expect(storedEvents(browser)).toEqual([]);
  });

  it('comes back from the back/forward cache without what others have sent meanwhile', async () => {
    const tab = browser.newTab();
    const page = browser.open(tab);
    const first = start();
    first.outbox.add({ n: 1 });
    await browser.pass(SETTLED_MS);
    browser.leave(page);

    const other = browser.open(tab);
    const second = start();
    await browser.pass(SETTLED_MS);
    second.outbox.remove(second.outbox.entries().map(({ key }) => key));
    second.outbox.add({ n: 2 });
    browser.leave(other);

    browser.restore(page);
    await browser.pass(SETTLED_MS);
    expect(numbersIn(first.outbox)).toEqual([2]);
    first.outbox.add({ n: 3 });
    expect(numbersIn(first.outbox)).toEqual([2, 3]);
  });
});

describe('bounds', () => {
  let browser: FakeBrowser;
  beforeEach(() => {
    browser = installFakeBrowser();
    browser.open(browser.newTab());
  });
  afterEach(() => browser.uninstall());

  it('of the number: the oldest go, and that is reported', () => {
    const { outbox, reports } = start({ maxEvents: 3 });
    for (let n = 1; n <= 5; n += 1) outbox.add({ n });
    expect(numbersIn(outbox)).toEqual([3, 4, 5]);
    expect(storedEvents(browser)).toEqual([{ n: 3 }, { n: 4 }, { n: 5 }]);
    const dropped = { type: 'dropped', count: 1, reason: 'buffer_full' };
    expect(reports).toEqual([dropped, dropped]);
  });

  it('of the bytes, in UTF-8', () => {
    const { outbox, reports } = start({ maxBytes: 100 });
    outbox.add({ n: 1, text: 'x'.repeat(40) });
    outbox.add({ n: 2 });
    // 25 letters, 50 bytes.
    outbox.add({ n: 3, text: 'ä'.repeat(25) });
    expect(numbersIn(outbox)).toEqual([2, 3]);
    expect(reports).toMatchObject([{ type: 'dropped', count: 1 }]);
  });

  it('hold for what is taken over, too', async () => {
    const { outbox } = start();
    for (let n = 1; n <= 5; n += 1) outbox.add({ n });
    outbox.release();
    const next = start({ maxEvents: 2 });
    await browser.pass(SETTLED_MS);
    expect(numbersIn(next.outbox)).toEqual([4, 5]);
    expect(next.reports).toEqual([{ type: 'dropped', count: 3, reason: 'buffer_full' }]);
  });
});

describe('storage that is not there', () => {
  let browser: FakeBrowser;
  beforeEach(() => {
    browser = installFakeBrowser();
    browser.open(browser.newTab());
  });
  afterEach(() => browser.uninstall());

  it.each([
    ['forbidden', undefined],
    [
      'full',
      {
        setItem: () => {
          throw new DOMException('full', 'QuotaExceededError');
        },
      },
    ],
  ])('because it is %s: events wait in memory, over a stay in the cache, too', (_name, storage) => {
    browser.setGlobal('localStorage', storage);
    const page = browser.open(browser.newTab());
    const { outbox, reports } = start();
    outbox.add({ n: 1 });
    browser.leave(page);
    browser.restore(page);
    outbox.add({ n: 2 });
    expect(numbersIn(outbox)).toEqual([1, 2]);
    expect(reports).toEqual([]);
  });
});

describe('consent', () => {
  it('that is taken back empties the buffer, what other pages left included', async () => {
    const browser = installFakeBrowser();
    try {
      const page = browser.open(browser.newTab());
      start().outbox.add({ n: 1 });
      browser.crash(page);
      browser.open(browser.newTab());
      const { outbox, consent } = start();
      outbox.add({ n: 2 });
      consent(false);
      expect(outbox.entries()).toEqual([]);
      expect(Object.keys(browser.localStorage)).toEqual([]);
    } finally {
      browser.uninstall();
    }
  });
});
