import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { FIGURES_SECTIONS } from '@picasso/domain';
import {
  DailyReader,
  DayMarks,
  FiguresReader,
  ItemClicksReader,
  JobStore,
  isDirty,
} from '@picasso/storage';
import { useEngines } from '@picasso/testing';
import { type Bench, DAY_MS, openBench } from '../aggregator.fixture.ts';

const NOW = Date.UTC(2026, 10, 22, 10);
const TODAY = '2026-11-22';
const YESTERDAY = '2026-11-21';
const at = (day: string, hour = 12): number => Date.parse(day) + hour * 3_600_000;

describe('daily and recount', () => {
  const engines = useEngines({ tables: true, objects: true });
  let bench: Bench;
  let reader: DailyReader;
  let marks: DayMarks;

  beforeAll(async () => {
    bench = await openBench({ tables: engines().tables.url, objects: engines().objects.url });
    reader = new DailyReader(bench.tables);
    marks = new DayMarks(bench.tables);
  }, 60_000);
  afterAll(() => bench.close());

  const totals = async (tenant: string, day: string) => {
    const [stored] = await reader.days(tenant, { from: day, to: day }, ['totals']);
    return stored?.figures.totals;
  };
  const dirty = async (tenant: string): Promise<string[]> =>
    (await marks.all(tenant)).filter(isDirty).map(({ day }) => day);

  it('aggregates every dirty day that has ended, and leaves today alone', async () => {
    const tenant = await bench.tenant('tn_daily');
    for (let i = 0; i < 3; i += 1) await bench.write(tenant, `y${i}`, at(YESTERDAY, i));
    await bench.write(tenant, 'older', at('2026-11-10'));
    await bench.write(tenant, 'today', at(TODAY, 1));
    const report = await bench.run('daily --tenant tn_daily', NOW);
    expect(report).toMatchObject({ done: ['tn_daily'], failed: [], figures: { days_written: 2 } });
    expect(await totals('tn_daily', YESTERDAY)).toMatchObject({ sessions: 3, messages: 6 });
    expect(await totals('tn_daily', '2026-11-10')).toMatchObject({ sessions: 1 });
    expect(await totals('tn_daily', TODAY)).toBeUndefined();
    expect(await dirty('tn_daily')).toEqual([TODAY]);
  });

  it('writes the same bytes again, and only days that changed', async () => {
    const before = await bench.rows('analyticsDaily');
    const again = await bench.run('daily --tenant tn_daily --from 2026-11-01 --to 2026-11-21', NOW);
    expect(again.figures).toMatchObject({ days_unchanged: 2, days_written: 19 });
    await bench.run('daily --tenant tn_daily', NOW);
    const after = (await bench.rows('analyticsDaily')).filter(({ sk }) =>
      before.some((row) => row['sk'] === sk),
    );
    expect(after).toEqual(before);
  });

  it('takes a late event that revised an old day, and the day that a session came from', async () => {
    const tenant = await bench.tenant('tn_late');
    await bench.write(tenant, 'moving', at('2026-11-20', 0) + 1_000);
    await bench.run('daily --tenant tn_late', NOW);
    expect(await totals('tn_late', '2026-11-20')).toMatchObject({ sessions: 1 });
    // An earlier event of the same session, from before midnight.
    await bench.write(tenant, 'moving', at('2026-11-20', 0) - 60_000, ['PAGE_VIEW']);
    await bench.run('daily --tenant tn_late', NOW);
    expect(await totals('tn_late', '2026-11-20')).toMatchObject({ sessions: 0 });
    expect(await totals('tn_late', '2026-11-19')).toMatchObject({ sessions: 1 });
  });

  it('keeps what has ended of today, once it is much, and joins it with what has not', async () => {
    const tenant = await bench.tenant('tn_today');
    const write = async (from: number, to: number): Promise<void> => {
      for (let i = from; i < to; i += 1) await bench.write(tenant, `t${i}`, at(TODAY, 8) + i);
    };
    const kept = async () => (await bench.run('daily --tenant tn_today', NOW)).figures;
    await write(0, 49);
    expect(await kept()).not.toHaveProperty('days_so_far');
    await write(49, 50);
    expect(await kept()).toMatchObject({ days_so_far: 1 });
    expect(await kept()).not.toHaveProperty('days_so_far');
    await write(50, 60);
    const figures = new FiguresReader(bench.tables, {
      ...{ freshMs: 0, cacheChars: 1024 ** 2, now: () => NOW, ownHosts: async () => [] },
    });
    const today = await figures.range(tenant, { from: TODAY, to: TODAY }, ['totals']);
    expect(today.figures.totals).toMatchObject({ sessions: 60, messages: 120 });
  });

  it('leaves a day dirty whose tally says that a session is hidden, and recount corrects it', async () => {
    const tenant = await bench.tenant('tn_tally');
    await bench.write(tenant, 'one', at(YESTERDAY));
    const key = { pk: 'TENANT#tn_tally', sk: `DIRTY#${YESTERDAY}` };
    await bench.tables.doc.send(
      new UpdateCommand({
        TableName: bench.tables.names.analyticsDaily,
        Key: key,
        UpdateExpression: 'ADD sessions :one',
        ExpressionAttributeValues: { ':one': 1 },
      }),
    );
    const report = await bench.run('daily --tenant tn_tally', NOW);
    expect(report.failed).toMatchObject([{ tenant: 'tn_tally' }]);
    expect(await totals('tn_tally', YESTERDAY)).toBeUndefined();
    const jobs = new JobStore(bench.tables);
    expect(await jobs.failures()).toMatchObject([{ command: 'daily', tenant_hash: 'tn_tally' }]);
    expect((await bench.run('recount --tenant tn_tally', NOW)).figures).toMatchObject({
      tallies_set: 1,
    });
    expect(await bench.run('daily --tenant tn_tally', NOW)).toMatchObject({ failed: [] });
    expect(await totals('tn_tally', YESTERDAY)).toMatchObject({ sessions: 1 });
    expect(await jobs.failures()).toEqual([]);
  });

  it('stores figures of any size in sections, and reads only those that are asked for', async () => {
    const tenant = await bench.tenant('tn_large');
    const ask = (i: number) => ({
      type: 'MESSAGE_SENT',
      payload: { content: `${i} ${'wörter und mehr davon '.repeat(20)}`, content_length: 400 },
    });
    for (let i = 0; i < 30; i += 1)
      await bench.write(tenant, `q${i}`, at(YESTERDAY, 1) + i, [ask(i), 'WIDGET_CLOSED']);
    await bench.run('daily --tenant tn_large', NOW);
    const range = { from: YESTERDAY, to: YESTERDAY };
    const [some] = await reader.days('tn_large', range, ['questions', 'totals']);
    expect(Object.keys(some?.figures.questions ?? {})).toHaveLength(30);
    const [all] = await reader.days('tn_large', range, FIGURES_SECTIONS);
    expect(Object.keys(all?.figures ?? {}).sort()).toEqual([...FIGURES_SECTIONS].sort());
    const sections = async () =>
      (await bench.rows('analyticsDaily')).filter(
        ({ pk, sk }) => pk === 'TENANT#tn_large' && String(sk).startsWith('SECTION#'),
      );
    const before = (await sections()).map(({ sk }) => sk);
    await bench.write(tenant, 'another', at(YESTERDAY, 2), [ask(99), 'WIDGET_CLOSED']);
    await bench.run('daily --tenant tn_large', NOW);
    const after = (await sections()).map(({ sk }) => sk);
    expect(after).toHaveLength(before.length);
    expect(after.filter((sk) => before.includes(sk))).toEqual([]);
  });

  it('follows a changed time zone: sessions, clicks and days move', async () => {
    const tenant = await bench.tenant('tn_zone');
    await bench.write(tenant, 'late_evening', at('2026-11-18', 23));
    await bench.write(tenant, 'noon', at('2026-11-18', 12));
    await bench.run('daily --tenant tn_zone', NOW);
    await bench.tables.doc.send(
      new PutCommand({
        TableName: bench.tables.names.tenants,
        Item: {
          pk: 'TENANT#tn_zone',
          sk: 'PROFILE',
          tenant: { ...tenant, time_zone: 'Europe/Berlin' },
        },
      }),
    );
    expect((await bench.run('recount --tenant tn_zone', NOW)).figures).toMatchObject({
      sessions_moved: 1,
    });
    await bench.run('daily --tenant tn_zone', NOW);
    expect(await totals('tn_zone', '2026-11-18')).toMatchObject({ sessions: 1 });
    expect(await totals('tn_zone', '2026-11-19')).toMatchObject({ sessions: 1 });
    const [cta] = await new ItemClicksReader(bench.tables).all('tn_zone');
    expect(cta).toMatchObject({ click_count: 2, days: { '2026-11-18': 1, '2026-11-19': 1 } });
  });

  describe('recount', () => {
    const clicks = async (tenant: string) => new ItemClicksReader(bench.tables).all(tenant);

    it('sets what was falsified, restores what was lost, trims what is old', async () => {
      const tenant = await bench.tenant('tn_recount');
      await bench.write(tenant, 'a', at(YESTERDAY));
      await bench.write(tenant, 'b', at(YESTERDAY, 13), [
        { type: 'LINK_CLICKED', payload: { url: 'https://x.example/' } },
        'WIDGET_CLOSED',
      ]);
      await bench.write(tenant, 'old', NOW - 50 * DAY_MS);
      const right = await clicks('tn_recount');
      expect(right).toMatchObject([
        { item: 'cta#apply', click_count: 2, days: { [YESTERDAY]: 1, '2026-10-03': 1 } },
        { item: expect.stringMatching(/^link#/), click_count: 1 },
      ]);
      const table = bench.tables.names.itemClicks;
      const pk = 'TENANT#tn_recount';
      await bench.tables.doc.send(
        new UpdateCommand({
          TableName: table,
          Key: { pk, sk: 'ITEM#cta#apply' },
          UpdateExpression: 'ADD d20261121 :n, click_count :n',
          ExpressionAttributeValues: { ':n': 41 },
        }),
      );
      const report = await bench.run('recount --tenant tn_recount', NOW);
      expect(report.figures).toMatchObject({ counters_set: 1 });
      expect(await clicks('tn_recount')).toMatchObject([
        { item: 'cta#apply', click_count: 2, days: { [YESTERDAY]: 1 } },
        right[1]!,
      ]);
      expect(Object.keys((await clicks('tn_recount'))[0]?.days ?? {})).toEqual([YESTERDAY]);
      const idle = await bench.run('recount --tenant tn_recount', NOW);
      expect(idle.figures).toEqual({});
    });

    it('loses no click of sessions that go on meanwhile', async () => {
      const tenant = await bench.tenant('tn_busy');
      for (let i = 0; i < 20; i += 1) await bench.write(tenant, `s${i}`, at(YESTERDAY) + i);
      const writing = (async () => {
        for (let i = 20; i < 60; i += 1) await bench.write(tenant, `s${i}`, at(YESTERDAY) + i);
      })();
      const recounts = [];
      for (let i = 0; i < 5; i += 1)
        recounts.push(await bench.run('recount --tenant tn_busy', NOW));
      await writing;
      expect(await clicks('tn_busy')).toMatchObject([
        { click_count: 60, days: { [YESTERDAY]: 60 } },
      ]);
    });
  });

  it('stops nobody else when one tenant fails, and two runs at once share the tenants', async () => {
    const hashes = Array.from({ length: 6 }, (_, i) => `tn_many_${i}`);
    for (const hash of hashes) {
      const tenant = await bench.tenant(
        hash,
        hash === 'tn_many_3' ? { office_hours: { days: [1], from: 'nine', to: '17:00' } } : {},
      );
      await bench.write(tenant, 'one', at(YESTERDAY));
    }
    const args = `daily ${hashes.map((hash) => `--tenant ${hash}`).join(' ')}`;
    const reports = await Promise.all([bench.run(args, NOW), bench.run(args, NOW)]);
    for (const report of reports) {
      expect(report.failed.map(({ tenant }) => tenant)).toEqual(['tn_many_3']);
      expect([...report.done].sort()).toEqual(hashes.filter((hash) => hash !== 'tn_many_3'));
    }
    expect(await totals('tn_many_5', YESTERDAY)).toMatchObject({ sessions: 1 });
  });
});
