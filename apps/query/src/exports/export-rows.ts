import { StreamableFile } from '@nestjs/common';
import { stringify as csvStringifier } from 'csv-stringify';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import type { ExportFormat } from '../figures/figures.dto.ts';

/** A column of a CSV file; JSON has the rows as they are. */
export interface Column<Row> {
  header: string;
  value: (row: Row) => string | number | boolean | null | undefined;
}

export interface ExportSettings<Row> {
  format: ExportFormat;
  /** Of the file, without its ending. */
  name: string;
  columns: readonly Column<Row>[];
}

/**
 * All rows as a download, made while it is sent: of any number of rows a few are in memory.
 *
 * CSV as spreadsheets take it: RFC 4180 with a byte order mark, and cells that a spreadsheet would
 * run as a formula neutralised. When reading fails half-way the connection breaks: a file never ends
 * early as if it were whole.
 */
export async function exportRows<Row extends object>(
  reply: FastifyReply,
  { format, name, columns }: ExportSettings<Row>,
  rows: Iterable<Row> | AsyncIterable<Row>,
): Promise<StreamableFile> {
  // An outage at the start is still an answer of its own.
  const started = await startReading(rows);
  const csv = csvStringifier({
    columns: columns.map(({ header }) => header),
    header: true,
    bom: true,
    escape_formulas: true,
    record_delimiter: 'windows',
    cast: { boolean: String },
  });
  const cells = (row: Row): unknown[] => columns.map(({ value }) => value(row) ?? '');
  const stream =
    format === 'csv'
      ? Readable.from(map(started, cells)).compose<Readable>(csv as never)
      : Readable.from(jsonArray(started));
  return download(reply, stream, `${name}.${format}`, TYPES[format]);
}

const TYPES = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8' } as const;

/** One JSON object a line. */
export async function exportLines(
  reply: FastifyReply,
  name: string,
  rows: AsyncIterable<object>,
): Promise<StreamableFile> {
  const lines = map(await startReading(rows), (row) => `${JSON.stringify(row)}\n`);
  return download(reply, Readable.from(lines), `${name}.jsonl`, 'application/x-ndjson');
}

export function download(
  reply: FastifyReply,
  body: Readable | Buffer,
  fileName: string,
  type: string,
): StreamableFile {
  reply.header('content-disposition', `attachment; filename="${fileName}"`);
  // Not the answer that an ETag was made for.
  reply.removeHeader('etag').header('cache-control', 'no-store');
  const options = { type };
  return Buffer.isBuffer(body)
    ? new StreamableFile(body, options)
    : new StreamableFile(body, options);
}

async function startReading<Row>(
  rows: Iterable<Row> | AsyncIterable<Row>,
): Promise<AsyncIterable<Row>> {
  const iterator =
    Symbol.asyncIterator in rows ? rows[Symbol.asyncIterator]() : rows[Symbol.iterator]();
  const first = await iterator.next();
  return (async function* () {
    for (let next = first; !next.done; next = await iterator.next()) yield next.value;
  })();
}

async function* map<A, B>(rows: AsyncIterable<A>, change: (row: A) => B): AsyncGenerator<B> {
  for await (const row of rows) yield change(row);
}

async function* jsonArray(rows: AsyncIterable<object>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const row of rows) {
    yield before + JSON.stringify(row);
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}
