/** A day's figures as rows: small sections lie in the head, large ones in rows of their own. */
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type DailyAggregate, type Figures, type FiguresSection, KEYS } from '@picasso/contracts';
import { stringify } from 'safe-stable-stringify';

type Row = Record<string, unknown>;

/** Above this, a section of the figures gets rows of its own: most readers need a few sections. */
const INLINE_CHARS = 2_048;
/** An item holds 400 KB with its keys and attribute names. */
const PART_BYTES = 350 * 1024;

/** Where a section lies that is not in the head. */
export interface SectionRef {
  hash: string;
  parts: number;
}

export interface DayHead {
  day: string;
  time_zone: string;
  /** The day's mark when its summaries were read. */
  mark_version: number;
  /** Hex SHA-256 of the aggregate's canonical JSON. */
  sha256: string;
  inline: Partial<Record<FiguresSection, string>>;
  sections: Partial<Record<FiguresSection, SectionRef>>;
}

export interface EncodedDay {
  head: DayHead;
  /** Rows to be written before the head. */
  rows: Row[];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Same input, same bytes on every platform: gzip's header names the operating system. */
function gzip(text: string): Buffer {
  const body = gzipSync(text, { level: 9 });
  body[9] = 0xff;
  return body;
}

/**
 * Equal aggregates give equal rows. Keys carry the mark's version beside the content's hash: what
 * one version's head stops naming can be removed without looking whether another one needs it.
 */
export function encodeDay(
  aggregate: DailyAggregate,
  markVersion: number,
  expiresAt: number,
): EncodedDay {
  const { tenant_hash, day, time_zone, figures } = aggregate;
  const head: DayHead = {
    day,
    time_zone,
    mark_version: markVersion,
    sha256: sha256(stringify(aggregate)),
    inline: {},
    sections: {},
  };
  const rows: Row[] = [];
  for (const name of (Object.keys(figures) as FiguresSection[]).sort()) {
    const json = stringify(figures[name]);
    if (json.length <= INLINE_CHARS) {
      head.inline[name] = json;
      continue;
    }
    const body = gzip(json);
    const hash = `${markVersion}-${sha256(json).slice(0, 16)}`;
    const parts = Math.ceil(body.length / PART_BYTES);
    head.sections[name] = { hash, parts };
    for (let part = 0; part < parts; part += 1) {
      rows.push({
        ...sectionKey(tenant_hash, day, name, hash, part),
        body: body.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
        expires_at: expiresAt,
      });
    }
  }
  return { head, rows };
}

export const sectionKey = (
  tenantHash: string,
  day: string,
  name: string,
  hash: string,
  part: number,
): Row => ({ pk: KEYS.tenant(tenantHash), sk: KEYS.daySection(name, day, hash, part) });

/** Keys of every section row that a head names. */
export function sectionKeys(tenantHash: string, head: DayHead): Row[] {
  return Object.entries(head.sections).flatMap(([name, { hash, parts }]) =>
    Array.from({ length: parts }, (_, part) => sectionKey(tenantHash, head.day, name, hash, part)),
  );
}

/**
 * Puts sections together again.
 *
 * @param rows by sort key
 * @returns undefined when a row is missing: the day was replaced while it was read
 */
export function decodeDay(
  head: DayHead,
  names: readonly FiguresSection[],
  rows: ReadonlyMap<string, Row>,
): Partial<Figures> | undefined {
  const figures: Partial<Record<FiguresSection, unknown>> = {};
  for (const name of names) {
    const inline = head.inline[name];
    const ref = head.sections[name];
    if (inline !== undefined) figures[name] = JSON.parse(inline);
    if (!ref) continue;
    const parts: Uint8Array[] = [];
    for (let part = 0; part < ref.parts; part += 1) {
      const row = rows.get(KEYS.daySection(name, head.day, ref.hash, part));
      if (!row) return undefined;
      parts.push(row['body'] as Uint8Array);
    }
    figures[name] = JSON.parse(gunzipSync(Buffer.concat(parts)).toString('utf8'));
  }
  return figures as Partial<Figures>;
}
