import { expect, it } from '@jest/globals';
import { toCsv } from './csv.ts';

it('is written as spreadsheets take it, and has nothing that they would run', () => {
  const rows = [
    { name: 'a "quoted", text', share: 0.5, note: null },
    { name: '=1+1', share: -2, note: 'two\nlines' },
  ];
  expect(toCsv(rows)).toBe(
    '\uFEFFname,share,note\r\n"a ""quoted"", text",0.5,\r\n\'=1+1,-2,"two\nlines"\r\n',
  );
});
