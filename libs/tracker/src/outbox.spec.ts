import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeBrowser, installFakeBrowser, storedEvents } from './fake-browser.fixture.ts';
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

/** Longer than a lease takes to settle, and an eternity for locks. */
const SETTLED_MS = 1_000;

describe.each([
  ['Web Locks', true],
  ['leases', false],
])('with %s', (_name, locks) => {
  let browser: FakeBrowser;
  beforeEach(() => {
    browser = installFakeBrowser({ locks });
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

  it('is taken over after a crash', async () => {
    const page = browser.open(browser.newTab());
    start().outbox.add({ n: 1 });
    await browser.pass(SETTLED_MS);
    browser.crash(page);
    if (!locks) {
      // A crashed page's timers are gone, too.
      browser.uninstall();
      const { localStorage } = browser;
      browser = installFakeBrowser({ locks });
      browser.setGlobal('localStorage', localStorage);
      await browser.pass(180_001);
    }
    browser.open(browser.newTab());
    const { outbox } = start();
    await browser.pass(SETTLED_MS);
    expect(numbersIn(outbox)).toEqual([1]);
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
    await browser.pass(10);
    const next = start({ maxEvents: 2 });
    await browser.pass(10);
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
