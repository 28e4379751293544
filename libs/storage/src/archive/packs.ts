/**
 * The archive's formats, without any store: packs of journeys and files of summaries.
 *
 * A pack is a gzip file with one member per session, so `zcat` reads all of it and a byte range
 * one session. Its index says where each member lies.
 */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { SessionSummary, StoredEvent } from '@picasso/contracts';
import { stringify } from 'safe-stable-stringify';

/** One session as it is archived. */
export interface ArchivedJourney {
  summary: SessionSummary;
  /** Every stored event row, in key order. */
  events: StoredEvent[];
}

/** Where one session lies in its pack. */
export interface PackEntry {
  session_id: string;
  offset: number;
  length: number;
  events: number;
}

/** The object that publishes a pack. */
export interface PackIndex {
  v: 1;
  /** Key of the pack's object. */
  pack: string;
  /** Hex SHA-256 of the pack. */
  sha256: string;
  bytes: number;
  events: number;
  sessions: PackEntry[];
}

/** Same input, same bytes on every platform: gzip's header names the operating system. */
function gzip(text: string): Buffer {
  const body = gzipSync(text, { level: 9 });
  body[9] = 0xff;
  return body;
}

/** Object keys sorted at every level: the same content is the same text. */
export const stableJson = (value: unknown): string => stringify(value) ?? 'null';

export interface Pack {
  body: Buffer;
  /** First hex digits of the body's SHA-256. */
  hash: string;
  index: Omit<PackIndex, 'pack'>;
}

/** Packs journeys in the order of their ids. */
export function packJourneys(journeys: readonly ArchivedJourney[]): Pack {
  const members: Buffer[] = [];
  const sessions: PackEntry[] = [];
  let offset = 0;
  const ordered = [...journeys].sort((a, b) => compare(a.summary.session_id, b.summary.session_id));
  for (const { summary, events } of ordered) {
    const lines = [summary, ...events].map((line) => `${stableJson(line)}\n`);
    const member = gzip(lines.join(''));
    members.push(member);
    sessions.push({
      session_id: summary.session_id,
      offset,
      length: member.length,
      events: events.length,
    });
    offset += member.length;
  }
  const body = Buffer.concat(members);
  const sha256 = createHash('sha256').update(body).digest('hex');
  const events = sessions.reduce((sum, entry) => sum + entry.events, 0);
  const index = { v: 1, sha256, bytes: body.length, events, sessions } as const;
  return { body, hash: sha256.slice(0, 16), index: { ...index, sessions } };
}

/** @throws when the bytes are no member of a pack */
export function unpackJourney(member: Uint8Array): ArchivedJourney {
  const [summary, ...events] = lines(gunzipSync(member));
  return { summary: summary as SessionSummary, events: events as StoredEvent[] };
}

/** Every journey of a pack, in its order. */
export function unpackJourneys(body: Buffer, index: PackIndex): ArchivedJourney[] {
  return index.sessions.map(({ offset, length }) =>
    unpackJourney(body.subarray(offset, offset + length)),
  );
}

/** A day's summaries as JSON lines, by start and id. */
export function packSummaries(summaries: readonly SessionSummary[]): Buffer {
  const ordered = [...summaries].sort(
    (a, b) => compare(a.started_at, b.started_at) || compare(a.session_id, b.session_id),
  );
  return gzip(ordered.map((summary) => `${stableJson(summary)}\n`).join(''));
}

export const unpackSummaries = (body: Uint8Array): SessionSummary[] =>
  lines(gunzipSync(body)) as SessionSummary[];

const lines = (text: Buffer): unknown[] =>
  text
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Hours of one pack: a compromise between few objects and room to retry before rows expire. */
export const BLOCK_HOURS = 6;
const BLOCK_MS = BLOCK_HOURS * 3_600_000;

/** Start of the block that a session's start lies in: `yyyy-mm-ddThh`, UTC. */
export const blockOf = (startedMs: number): string =>
  new Date(Math.floor(startedMs / BLOCK_MS) * BLOCK_MS).toISOString().slice(0, 13);

export const blockStartMs = (block: string): number => Date.parse(`${block}:00:00.000Z`);
export const blockEndMs = (block: string): number => blockStartMs(block) + BLOCK_MS;

/** The UTC day that a session's summary is archived under. */
export const archiveDay = (startedMs: number): string =>
  new Date(startedMs).toISOString().slice(0, 10);

/** `{prefix}yyyy/mm/dd/…` → `yyyy-mm-dd` */
export const dayInKey = (key: string, prefix: string): string =>
  key.slice(prefix.length, prefix.length + 10).replaceAll('/', '-');
