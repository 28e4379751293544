import type { Figures, SessionSummary } from '@picasso/contracts';
import { aggregateDay, dayBounds, mergeDays, NO_FIGURES } from '@picasso/domain';
import { type DayMarkRow, DayMarks } from '../daily/day-marks.ts';
import {
  type CurrentSession,
  type ListedSession,
  listStarted,
  readCurrent,
} from '../daily/session-scan.ts';
import { sessionKeyOf } from '../session-rows.ts';
import type { Tables } from '../tables.ts';
import type { FiguresTenant } from './live-day.ts';
import type { OpenSessions } from './open-sessions.ts';

/** What has ended of a day that goes on: a reading begins with it and reads only what is new. */
export interface DaySoFar {
  /** Of the day's mark, which rises with every summary that is written for the day. */
  version: number;
  /** Ids of the sessions and visits that are counted. */
  members: ReadonlySet<string>;
  /** Revisions of those that had ended and are open again: in the version, and not counted. */
  reopened: ReadonlyMap<string, number>;
  figures: Figures;
}

/** A day that goes on, as its sessions are at the moment. */
export interface RunningDay {
  figures: Figures;
  /** What the next reading may begin with; undefined where the day moved while it was read. */
  soFar: DaySoFar | undefined;
}

export interface RunningDayOptions {
  /** Of the same time zone and office hours. */
  known?: Promise<DaySoFar | undefined> | undefined;
  /** Without it sessions that have not ended are left out. */
  open?: OpenSessions;
}

interface Reading {
  tables: Tables;
  tenant: FiguresTenant;
  day: string;
  listed: readonly ListedSession[];
  mark: () => Promise<DayMarkRow>;
  running: OpenSessions | undefined;
}

/**
 * Reads a day that goes on: its rows, or, with a {@link DaySoFar} that is still right, only those of
 * what it does not count. A visit that is open again counts as it had ended until it ends anew.
 */
export async function readRunningDay(
  tables: Tables,
  tenant: FiguresTenant,
  day: string,
  { known, open }: RunningDayOptions,
): Promise<RunningDay> {
  const { tenant_hash, time_zone } = tenant;
  const mark = () => new DayMarks(tables).get(tenant_hash, day);
  const [soFar, before, listed] = await Promise.all([
    known,
    mark(),
    listStarted(tables, tenant_hash, ...dayBounds(day, time_zone)),
  ]);
  const reading: Reading = { tables, tenant, day, listed, mark, running: open };
  return (soFar && (await readOn(reading, soFar))) ?? readAnew(reading, before.version);
}

/**
 * Nothing that is counted has changed if the mark has risen by what the other sessions account for:
 * one that ended for the first time has raised it once, one that was open again by its next revision.
 * The mark is read last, so that it can only have risen by more. A counted session that is open again
 * raises it when it ends; the index tells now.
 */
async function readOn(reading: Reading, soFar: DaySoFar): Promise<RunningDay | undefined> {
  const { listed, day } = reading;
  const isMember = (session: ListedSession): boolean => soFar.members.has(idOf(session));
  const members = listed.filter(isMember);
  if (members.length < soFar.members.size || members.some(({ isOpen }) => isOpen)) return undefined;
  const rest = listed.filter((session) => !isMember(session));
  const { ended, open, running, mark } = await readSessions(reading, rest);
  let rises = 0;
  let reopened = 0;
  for (const { key, row } of [...ended, ...open]) {
    const before = soFar.reopened.get(key.session_id);
    if (row.final_day === null && before === undefined) continue;
    const revisions = before === undefined ? row.revision : row.revision - before;
    // How often it has raised the mark of this day is known of these alone.
    if (row.final_day !== day || revisions > (before === undefined ? 0 : 1)) return undefined;
    rises += before === undefined ? 1 : revisions;
    reopened += before === undefined ? 0 : 1;
  }
  if (reopened < soFar.reopened.size || mark.version !== soFar.version + rises) return undefined;
  const next = rises > 0 || ended.length > 0 ? grown(reading, soFar, ended, open, mark) : soFar;
  return { figures: withOpen(reading, next.figures, running), soFar: next };
}

const NOTHING: DaySoFar = {
  version: 0,
  members: new Set(),
  reopened: new Map(),
  figures: NO_FIGURES,
};

async function readAnew(reading: Reading, before: number): Promise<RunningDay> {
  const { ended, open, running, mark } = await readSessions(reading, reading.listed);
  const soFar = grown(reading, NOTHING, ended, open, mark);
  const isWhole =
    mark.version === before &&
    mark.sessions === ended.length + soFar.reopened.size &&
    ended.every(({ row }) => row.final_day === reading.day);
  return {
    figures: withOpen(reading, soFar.figures, running),
    soFar: isWhole ? soFar : undefined,
  };
}

/** Rows first, the mark after them. */
async function readSessions(reading: Reading, listed: readonly ListedSession[]) {
  const rows = readCurrent(reading.tables, listed);
  const [sessions, mark] = await Promise.all([
    rows,
    rows.then(reading.mark),
    reading.running?.expect(listed.filter(({ isOpen }) => isOpen).map(sessionKeyOf)),
  ]);
  const hasEnded = ({ row }: CurrentSession): boolean => row.status === 'final';
  const ended = sessions.filter(hasEnded);
  const open = sessions.filter((session) => !hasEnded(session));
  const running = (await reading.running?.summaries(open)) ?? [];
  return { ended, open, running, mark };
}

function grown(
  reading: Reading,
  soFar: DaySoFar,
  ended: readonly CurrentSession[],
  open: readonly CurrentSession[],
  { version }: DayMarkRow,
): DaySoFar {
  const summaries = ended.flatMap(({ row }) => row.summary ?? []);
  const ids = ended.map(({ key }) => key.session_id);
  const again = open.filter(({ row }) => row.final_day === reading.day);
  return {
    version,
    members: new Set([...soFar.members, ...ids]),
    reopened: new Map(again.map(({ key, row }) => [key.session_id, row.revision])),
    figures:
      summaries.length > 0
        ? mergeDays(soFar.figures, figuresOf(reading, summaries))
        : soFar.figures,
  };
}

const withOpen = (reading: Reading, ended: Figures, running: SessionSummary[]): Figures =>
  running.length > 0 ? mergeDays(ended, figuresOf(reading, running)) : ended;

const figuresOf = ({ tenant, day }: Reading, summaries: SessionSummary[]): Figures =>
  aggregateDay({ ...tenant, day, summaries, include_open: true }).figures;

const idOf = (session: ListedSession): string => sessionKeyOf(session).session_id;
