/** Brings demo journeys in as a tenant's past: by the aggregator's backfill, not the front door. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { runAggregator, type AggregatorSettings } from '../harness/aggregator.ts';
import type { DemoJourney } from './journey-writer.ts';

export interface Imported {
  journeys: number;
  events: number;
}

/** One journey a line, in any order. */
async function writeHistory(file: string, journeys: Iterable<DemoJourney>): Promise<Imported> {
  const written: Imported = { journeys: 0, events: 0 };
  const stream = createWriteStream(file);
  for (const { events } of journeys) {
    const line = `${JSON.stringify(events.map(({ event }) => event))}\n`;
    if (!stream.write(line)) await once(stream, 'drain');
    written.journeys += 1;
    written.events += events.length;
  }
  stream.end();
  await finished(stream);
  return written;
}

/** Imports journeys of one tenant, all of them over. Again with the same ones, it changes nothing. */
export async function importHistory(
  tenantHash: string,
  journeys: Iterable<DemoJourney>,
  aggregator: AggregatorSettings,
): Promise<Imported> {
  const dir = await mkdtemp(join(tmpdir(), 'picasso-history-'));
  try {
    const file = join(dir, 'history.jsonl');
    const written = await writeHistory(file, journeys);
    await runAggregator(['backfill', '--tenant', tenantHash, '--file', file], {
      ...aggregator,
      env: { ...aggregator.env, TMPDIR: dir },
    });
    return written;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
