/** A day's figures as rows: one for each section, so that a question reads what it needs and no more. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzipSync, type ZlibOptions } from 'node:zlib';
import { type DailyAggregate, type Figures, type FiguresSection, KEYS } from '@picasso/contracts';
import { FIGURES_SECTIONS, NO_FIGURES } from '@picasso/domain';
import { stringify } from 'safe-stable-stringify';

type Row = Record<string, unknown>;

const unpack = promisify<Buffer, ZlibOptions, Buffer>(gunzip);

/** Above this a section is compressed: below, taking it out again costs more than its bytes. */
const PLAIN_CHARS = 2_048;
/** An item holds 400 KB with its keys and attribute names. */
const PART_BYTES = 350 * 1024;

/** What publishes a day: the rows with its version in their keys are its figures. */
export interface DayHead {
  day: string;
  time_zone: string;
  /** The day's mark when its summaries were read. */
  mark_version: number;
  /** Hex SHA-256 of the aggregate's canonical JSON. */
  sha256: string;
  /** Section → rows that it takes; one that nothing was counted in has none. */
  sections: Partial<Record<FiguresSection, number>>;
}

/** Attributes of a head without what is to be removed. */
export const HEAD_ATTRIBUTES = ['sk', 'time_zone', 'mark_version', 'sha256', 'sections'] as const;

/** undefined for a day of layout 2. */
export function headOf(item: Row): DayHead | undefined {
  const { sk, time_zone, mark_version, sha256, sections } = item;
  if (typeof sections !== 'string') return undefined;
  const day = String(sk).slice(KEYS.date('').length);
  const counts = sections
    .split(' ')
    .filter(Boolean)
    .map((section): [string, number] => {
      const [name = '', rows = '1'] = section.split(':');
      return [name, Number(rows)];
    });
  return {
    ...({ day, time_zone, mark_version, sha256 } as Omit<DayHead, 'sections'>),
    sections: Object.fromEntries(counts),
  };
}

/** As one text: eleven numbers in a map are most of what taking a head apart costs. */
export const sectionsText = ({ sections }: DayHead): string =>
  Object.entries(sections)
    .map(([name, rows]) => (rows === 1 ? name : `${name}:${rows}`))
    .join(' ');

export interface EncodedDay {
  head: DayHead;
  /** Rows to be written before the head. */
  rows: Row[];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Same input, same bytes on every platform: gzip's header names the operating system. */
export function gzip(text: string): Buffer {
  const body = gzipSync(text, { level: 9 });
  body[9] = 0xff;
  return body;
}

/** Equal aggregates give equal rows. */
export function encodeDay(
  aggregate: DailyAggregate,
  markVersion: number,
  expiresAt: number,
): EncodedDay {
  const { tenant_hash, day, time_zone, figures } = aggregate;
  const head: DayHead = {
    ...{ day, time_zone, mark_version: markVersion },
    sha256: sha256(stringify(aggregate)),
    sections: {},
  };
  const rows: Row[] = [];
  for (const name of FIGURES_SECTIONS) {
    const json = stringify(figures[name]);
    if (json === NOTHING[name]) continue;
    const bodies = json.length > PLAIN_CHARS ? partsOf(gzip(json)) : [json];
    head.sections[name] = bodies.length;
    bodies.forEach((body, part) =>
      rows.push({ ...sectionKey(tenant_hash, head, name, part), body, expires_at: expiresAt }),
    );
  }
  return { head, rows };
}

const NOTHING = Object.fromEntries(
  FIGURES_SECTIONS.map((name) => [name, stringify(NO_FIGURES[name])]),
);

/** As many rows as it takes. */
export function partsOf(body: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; start < body.length; start += PART_BYTES)
    parts.push(body.subarray(start, start + PART_BYTES));
  return parts;
}

/**
 * Keys carry the mark's version beside the content's hash: what one version's head stops naming can
 * be removed without looking whether another one needs it.
 */
const sectionKey = (
  tenantHash: string,
  { day, mark_version, sha256 }: DayHead,
  name: string,
  part: number,
): Row => ({
  pk: KEYS.tenant(tenantHash),
  sk: KEYS.daySection(name, day, `${mark_version}-${sha256.slice(0, 16)}`, part),
});

/** Keys of every section row that a head names. */
export const sectionKeys = (tenantHash: string, head: DayHead): Row[] =>
  Object.entries(head.sections).flatMap(([name, parts]) =>
    Array.from({ length: parts }, (_, part) => sectionKey(tenantHash, head, name, part)),
  );

/** A section as it was read. */
export interface ReadSection<S extends FiguresSection = FiguresSection> {
  figures: Figures[S];
  /** Length of its JSON. */
  chars: number;
}

/**
 * Puts a section of days together again.
 *
 * @param heads in the order of their days
 * @param rows by sort key
 * @returns undefined when a row is missing: a day was replaced while it was read
 */
export async function decodeSections<S extends FiguresSection>(
  tenantHash: string,
  heads: readonly DayHead[],
  name: S,
  rows: ReadonlyMap<string, Row>,
): Promise<Map<string, ReadSection<S>> | undefined> {
  const found = new Map<string, ReadSection<S>>();
  const packed = new Map<string, Buffer>();
  const take = (day: string, json: string): void => {
    found.set(day, { figures: JSON.parse(json) as Figures[S], chars: json.length });
  };
  for (const head of heads) {
    const count = head.sections[name] ?? 0;
    const keys = Array.from({ length: count }, (_, part) =>
      String(sectionKey(tenantHash, head, name, part)['sk']),
    );
    const bodies = keys.map((key) => rows.get(key)?.['body']);
    if (bodies.includes(undefined)) return undefined;
    const [plain] = bodies;
    if (count === 0) found.set(head.day, { figures: NO_FIGURES[name], chars: 0 });
    else if (typeof plain === 'string') take(head.day, plain);
    else packed.set(head.day, Buffer.concat(bodies as Uint8Array[]));
  }
  const texts = await unpackAll([...packed.values()]);
  [...packed.keys()].forEach((day, i) => take(day, texts[i] as string));
  return found;
}

/**
 * Many at once: gzip members may follow one another, and each ends with its length. It is done
 * beside what the process does otherwise, for which ninety days of questions would be a long wait.
 */
export async function unpackAll(bodies: readonly Buffer[]): Promise<string[]> {
  if (bodies.length === 0) return [];
  const lengths = bodies.map((body) => body.readUInt32LE(body.length - 4));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  // One piece, not one for every 16 KB.
  const bytes = await unpack(Buffer.concat(bodies), { chunkSize: total + 64 });
  let end = 0;
  return lengths.map((length) => bytes.toString('utf8', end, (end += length)));
}
