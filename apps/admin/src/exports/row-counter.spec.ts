import { describe, expect, it } from '@jest/globals';
import { RowCounter, type ExportFormat } from './row-counter.ts';

const rowsOf = (format: ExportFormat, text: string, pieces = 1): number | null => {
  const counter = new RowCounter(format);
  const bytes = Buffer.from(text);
  const size = Math.ceil(bytes.length / pieces) || 1;
  for (let at = 0; at < bytes.length; at += size) counter.add(bytes.subarray(at, at + size));
  return counter.rows;
};

describe('rows of a file that arrives in pieces', () => {
  it.each<[ExportFormat, string, number | null]>([
    ['csv', '', 0],
    ['csv', 'a,b\r\n', 0],
    ['csv', 'a,b\r\n1,2\r\n3,4\r\n', 2],
    ['csv', 'a\r\n"two\r\nlines, ""quoted""\n"\r\nlast\r\n', 2],
    ['json', '[]\n', 0],
    ['json', '[\n{"a":1}\n]\n', 1],
    ['json', '[\n{"a":1},\n{"a":"\\""}\n]\n', 2],
    ['jsonl', '{"a":1}\n{"a":2}\n', 2],
    ['pdf', '%PDF-\n\n', null],
  ])('%s %j: %j', (format, text, rows) => {
    expect(rowsOf(format, text)).toBe(rows);
    expect(rowsOf(format, text, 7)).toBe(rows);
  });
});
