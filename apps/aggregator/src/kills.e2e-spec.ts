/**
 * The built bundle, killed at its fault points and run twice at once: stored bytes are those of a
 * run that nobody disturbed. `KILLS=100` kills a hundred times, on data that goes on changing.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tenant } from '@picasso/contracts';
import { connectBroker, provisionStreams } from '@picasso/messaging';
import { getObject, listObjects, stableJson } from '@picasso/storage';
import { runToEnd, sessionOf, specSetting, useEngines } from '@picasso/testing';
import { type Bench, DAY_MS, STEPS, openBench } from './aggregator.fixture.ts';

const KILLS = specSetting('KILLS');
/** Each run that is killed dies so many moments later than the one before. */
const STRIDE = KILLS > 0 ? 1 : 8;
/** Every moment of every command is a process that starts, dies and is started again. */
const TIMEOUT_MS = KILLS > 0 ? 3_600_000 : undefined;
const TENANT = 'tn_kills';
/** Noon of today, so that a run over midnight changes nothing that is compared. */
const NOON = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
const ago = (days: number): number => NOON - days * DAY_MS;
const LIVE_DAYS = [2, 3, 7, 8];
const PAST_DAYS = [5, 8, 9, 30, 30, 100];

/** The engine gives a row's attributes in any order. */
const text = (row: Record<string, unknown>): string =>
  stableJson(
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
      ]),
    ),
  );

describe('the aggregator as a process', () => {
  const engines = useEngines({ tables: true, objects: true, nats: true });
  let history: string;
  /** Where the command puts what does not fit into memory. */
  let tmp: string;

  beforeAll(async () => {
    tmp = join(engines().dir, 'tmp');
    await mkdir(tmp);
    const broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
    await provisionStreams(broker.jsm);
    await broker.close();
    history = join(engines().dir, 'history.jsonl');
    const events = PAST_DAYS.flatMap((days, i) =>
      sessionOf(STEPS, { sessionId: `past_${i}`, tenantHash: TENANT, startMs: ago(days) + i }),
    );
    await writeFile(history, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  }, 60_000);

  interface World extends Bench {
    tenant_: Tenant;
  }

  /** Tables and a bucket of its own, with live sessions in them. */
  async function world(prefix: string): Promise<World> {
    const bench = await openBench(
      { tables: engines().tables.url, objects: engines().objects.url, nats: engines().nats.url },
      `${prefix}-`,
    );
    const tenant_ = await bench.tenant(TENANT);
    for (const [i, days] of LIVE_DAYS.entries()) {
      await bench.write(tenant_, `live_${i}`, ago(days) + i);
    }
    return { ...bench, tenant_ };
  }

  /** @returns the exit code; null when it was killed */
  async function run({ env }: World, args: string, faultAt = 0): Promise<number | null> {
    const settings = { ...env, TMPDIR: tmp, LEASE_MS: '700', FAULT_AT: String(faultAt) };
    const { code, signal, output } = await runToEnd('aggregator', args.split(' '), settings);
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(output);
    return code;
  }

  /** Everything stored that is meant to be the same: not who ran when. */
  async function stored(bench: World): Promise<string[]> {
    const found: string[] = [];
    for (const table of [
      'sessionEvents',
      'sessionSummaries',
      'itemClicks',
      'analyticsDaily',
    ] as const) {
      for (const row of await bench.rows(table)) {
        // An erasure's id and end come from its clock.
        const { erasure: _id, until_ms: _until, ...rest } = row;
        found.push(text(row['status'] === 'erased' ? { ...rest, expires_at: 0 } : rest));
      }
    }
    for await (const keys of listObjects(bench.objects, '')) {
      for (const key of keys) {
        found.push(`${key} ${(await getObject(bench.objects, key))?.sha256}`);
      }
    }
    return found;
  }

  describe('one command after the other', () => {
    let calm: World;
    let killed: World;
    let doubled: World;
    beforeAll(async () => {
      [calm, killed, doubled] = [
        await world('calm'),
        await world('killed'),
        await world('doubled'),
      ];
    }, 120_000);
    afterAll(() => [calm, killed, doubled].forEach((bench) => bench?.close()));

    it.each([
      `backfill --tenant ${TENANT} --file history`,
      'archive',
      'daily',
      'recount',
      `erase --tenant ${TENANT} --session past_1`,
      'daily --from 2000-01-01 --to 2099-12-31',
    ])(
      '%s: killed anywhere, or run twice at once, it ends with the same bytes',
      async (named) => {
        const command = named.replace('--file history', `--file ${history}`);
        expect(await run(calm, command)).toBe(0);
        let kills = 0;
        for (let n = 1; (await run(killed, command, n)) === null; n += STRIDE) kills += 1;
        expect(kills).toBeGreaterThan(0);
        expect(await Promise.all([run(doubled, command), run(doubled, command)])).toEqual([0, 0]);
        // The next run clears away what a killed one has left.
        expect(await readdir(tmp)).toEqual([]);
        const expected = await stored(calm);
        expect(await stored(killed)).toEqual(expected);
        expect(await stored(doubled)).toEqual(expected);
      },
      TIMEOUT_MS,
    );
  });

  (KILLS > 0 ? it : it.skip)(
    'survives kills at random while its data goes on changing',
    async () => {
      const [calm, killed] = [await world('steady'), await world('shot')];
      let kills = 0;
      for (let round = 0; kills < KILLS; round += 1) {
        // Days that can still change: what is settled is archived, and the live path refuses it.
        for (const bench of [calm, killed]) {
          await bench.write(bench.tenant_, `live_${round % 2}`, ago(2 + (round % 2)) + round, [
            'MESSAGE_SENT',
            ...STEPS,
          ]);
          await bench.write(bench.tenant_, `more_${round}`, ago(1 + (round % 4)) + round);
        }
        for (const command of ['archive', 'daily', 'recount']) {
          if ((await run(killed, command, 1 + Math.floor(Math.random() * 12))) === null) kills += 1;
        }
      }
      for (const command of ['archive', 'daily', 'recount', 'daily']) {
        for (const bench of [calm, killed]) expect(await run(bench, command)).toBe(0);
      }
      expect(await stored(killed)).toEqual(await stored(calm));
      for (const bench of [calm, killed]) bench.close();
    },
    TIMEOUT_MS,
  );

  it('says by its exit code what became of a run', async () => {
    const bench = await world('exits');
    await expect(run(bench, 'nonsense')).rejects.toThrow('usage:');
    await expect(run(bench, 'daily --from 2026-11-01')).rejects.toThrow('--from needs --to');
    await expect(run(bench, 'daily --tenant nobody')).rejects.toThrow('no tenant nobody');
    bench.close();
  });
});
