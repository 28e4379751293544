import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { StoredEvent } from '@picasso/contracts';
import { ArchiveStore, JobStore, type Objects, type Tables, archiveDay } from '@picasso/storage';
import { reached } from '../fault-points.ts';
import type { TenantJob } from '../jobs/run-job.ts';
import { type HistoricalSession, completeSession } from './complete-session.ts';
import { importDay } from './import-day.ts';
import { type Refusal, readHistoryLine } from './read-history.ts';
import { Spill } from './spill.ts';

export interface BackfillOptions {
  tables: Tables;
  objects: Objects;
  nowMs: number;
  /** JSON lines; `-` for standard input. */
  file: string;
  /** Folder for `refused.jsonl`; refusals are counted by code without it. */
  out: string | undefined;
}

interface HistoricalEvent {
  session_id: string;
  event: StoredEvent;
}

/** Files that sessions are sorted into: each has to fit into memory. */
const BUCKETS = 64;
const KEPT_REFUSALS = 100_000;
/** Days wait for stores more than they work; a few of them fit into memory. */
const DAYS_AT_ONCE = 3;

/**
 * Imports complete sessions of the past: lines → sessions → days, then day by day into archive,
 * tables, counters and marks. `daily` aggregates the days afterwards. The same file again, whole or
 * after a crash, changes nothing; the checkpoint only spares work.
 */
export function backfillJob({ tables, objects, nowMs, file, out }: BackfillOptions): TenantJob {
  return async ({ tenant, checkpoint, logger, count, alive, save }) => {
    const { tenant_hash } = tenant;
    const refused: Refusal[] = [];
    const codes = new Map<string, number>();
    const refuse = (refusals: readonly Refusal[]): void => {
      for (const refusal of refusals) {
        codes.set(refusal.code, (codes.get(refusal.code) ?? 0) + 1);
        count(`refused_${refusal.code}`);
        if (refused.length < KEPT_REFUSALS) refused.push(refusal);
      }
    };
    const [bySession, byDay] = [await Spill.open(), await Spill.open()];
    try {
      const run = await sortBySession(file, tenant_hash, nowMs, bySession, refuse);
      for (const bucket of await bySession.names()) {
        for (const [id, events] of await sessionsIn(bySession, bucket)) {
          const { session, duplicates, refused } = completeSession(id, events, tenant, nowMs);
          refuse(refused);
          count('events_duplicate', duplicates);
          if (session) await byDay.add(archiveDay(Date.parse(session.summary.started_at)), session);
        }
      }

      const archive = new ArchiveStore(tables, objects, reached);
      const done = checkpoint?.['run'] === run ? String(checkpoint['done']) : '';
      const days = (await byDay.names()).filter((day) => day > done);
      const importOne = async (day: string): Promise<void> => {
        alive();
        const sessions: HistoricalSession[] = [];
        for await (const session of byDay.read(day)) sessions.push(session as HistoricalSession);
        const result = await importDay(day, sessions, { tables, archive, tenant, nowMs });
        refuse(result.refused);
        count('sessions_taken', result.taken);
        count('sessions_known', result.known);
        count('events_taken', result.events);
        logger.info({ day, sessions: sessions.length }, 'day imported');
      };
      while (days.length > 0) {
        const next = days.splice(0, DAYS_AT_ONCE);
        await Promise.all(next.map(importOne));
        await save({ run, done: next.at(-1) });
      }

      const report = { run, at_ms: nowMs, refused: Object.fromEntries(codes) };
      await new JobStore(tables).saveRecord(tenant_hash, `BACKFILL#${run}`, report);
      await save({});
      if (out) {
        await mkdir(out, { recursive: true });
        const lines = refused.map((refusal) => `${JSON.stringify(refusal)}\n`);
        await writeFile(join(out, 'refused.jsonl'), lines.join(''));
      }
    } finally {
      await Promise.all([bySession.remove(), byDay.remove()]);
    }
  };
}

/** @returns what identifies the file: a hash of its lines */
async function sortBySession(
  file: string,
  tenantHash: string,
  nowMs: number,
  spill: Spill,
  refuse: (refusals: readonly Refusal[]) => void,
): Promise<string> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  const digest = createHash('sha256');
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    digest.update(line).update('\n');
    if (line.trim() === '') continue;
    const { events, refused } = readHistoryLine(line, number, tenantHash, nowMs);
    refuse(refused);
    for (const event of events) {
      const bucket = parseInt(hash('sha256', event.session_id).slice(0, 8), 16) % BUCKETS;
      await spill.add(String(bucket).padStart(3, '0'), event);
    }
  }
  return digest.digest('hex').slice(0, 32);
}

async function sessionsIn(spill: Spill, bucket: string): Promise<Map<string, StoredEvent[]>> {
  const sessions = new Map<string, StoredEvent[]>();
  for await (const read of spill.read(bucket)) {
    const { session_id, event } = read as HistoricalEvent;
    const events = sessions.get(session_id);
    if (events) events.push(event);
    else sessions.set(session_id, [event]);
  }
  return sessions;
}
