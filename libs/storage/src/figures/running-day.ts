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
 * Nothing that is counted has changed if the mark has risen by what the new sessions account for: a
 * session that ended once has raised it once, and the mark is read last, so that it can only have
 * risen by more. A counted session that is open again raises it when it ends; the index tells now.
 */
async function readOn(reading: Reading, soFar: DaySoFar): Promise<RunningDay | undefined> {
  const { listed, day } = reading;
  const isMember = (session: ListedSession): boolean => soFar.members.has(idOf(session));
  const members = listed.filter(isMember);
  if (members.length < soFar.members.size || members.some(({ isOpen }) => isOpen)) return undefined;
  const rest = listed.filter((session) => !isMember(session));
  const { ended, open, running, mark } = await readSessions(reading, rest);
  const counted = [...ended, ...open].filter(({ row }) => row.final_day !== null);
  const once = counted.every(({ row }) => row.final_day === day && row.revision === 0);
  if (!once || mark.version !== soFar.version + counted.length) return undefined;
  const next = ended.length > 0 ? grown(reading, soFar, ended, mark.version) : soFar;
  return {
    figures: withOpen(reading, next.figures, running),
    // One that has ended and is open again is in the mark's version and no member.
    soFar: ended.length === counted.length ? next : soFar,
  };
}

async function readAnew(reading: Reading, before: number): Promise<RunningDay> {
  const { ended, running, mark } = await readSessions(reading, reading.listed);
  const nothing = { version: 0, members: new Set<string>(), figures: NO_FIGURES };
  const soFar = grown(reading, nothing, ended, mark.version);
  const isWhole =
    mark.version === before &&
    mark.sessions === ended.length &&
    ended.every(({ row }) => row.final_day === reading.day);
  return {
    figures: withOpen(reading, soFar.figures, running),
    soFar: isWhole ? soFar : undefined,
  };
}

/** Rows first, the mark after them. */
async function readSessions(reading: Reading, listed: readonly ListedSession[]) {
  const [sessions] = await Promise.all([
    readCurrent(reading.tables, listed),
    reading.running?.expect(listed.filter(({ isOpen }) => isOpen)),
  ]);
  const hasEnded = ({ row }: CurrentSession): boolean => row.status === 'final';
  const ended = sessions.filter(hasEnded);
  const open = sessions.filter((session) => !hasEnded(session));
  const [mark, running = []] = await Promise.all([
    reading.mark(),
    reading.running?.summaries(open),
  ]);
  return { ended, open, running, mark };
}

function grown(
  reading: Reading,
  soFar: DaySoFar,
  ended: readonly CurrentSession[],
  version: number,
): DaySoFar {
  const summaries = ended.flatMap(({ row }) => row.summary ?? []);
  const ids = ended.map(({ key }) => key.session_id);
  return {
    version,
    members: new Set([...soFar.members, ...ids]),
    figures: mergeDays(soFar.figures, figuresOf(reading, summaries)),
  };
}

const withOpen = (reading: Reading, ended: Figures, running: SessionSummary[]): Figures =>
  running.length > 0 ? mergeDays(ended, figuresOf(reading, running)) : ended;

const figuresOf = ({ tenant, day }: Reading, summaries: SessionSummary[]): Figures =>
  aggregateDay({ ...tenant, day, summaries, include_open: true }).figures;

const idOf = ({ pk, sk }: ListedSession): string => sessionKeyOf({ pk, sk }).session_id;
