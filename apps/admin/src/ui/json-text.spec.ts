import { describe, expect, it } from '@jest/globals';
import { jsonChanges, lineOfPath, pointerSteps, readJson } from './json-text.ts';

describe('readJson', () => {
  it('reads what is right', () => {
    expect(readJson('{"a": [1, null]}')).toEqual({ ok: true, value: { a: [1, null] } });
  });

  it.each([
    ['{\n  "a": 1\n  "b": 2\n}', 3, 'Comma expected'],
    ['{\n  "a": 1,\n}', 3, 'Property name expected'],
    ['[1]\n[2]', 2, 'Nothing may follow here'],
    ['// why\n{}', 1, 'Invalid comment token'],
    ['  \n', 1, 'There is nothing yet'],
    ['{"a": "x', 1, 'Unexpected end of string'],
  ])('says where %j is wrong', (text, line, message) => {
    expect(readJson(text)).toEqual({ ok: false, problem: { line, message } });
  });
});

describe('lineOfPath', () => {
  const text =
    '[\n  {"id": 1},\n  {\n    "payload": {\n      "a/b": [1,\n        2]\n    }\n  }\n]';
  it.each([
    ['/0/id', 2],
    ['/1/payload/a~1b/1', 6],
    ['/1/payload/none', 4],
    ['/7', 1],
    ['', 1],
  ])('%s', (pointer, line) => {
    expect(lineOfPath(text, pointerSteps(pointer))).toBe(line);
  });
});

it('jsonChanges names what was changed, added and taken away', () => {
  const before = { type: 7, payload: { a: [1, 2], gone: true }, same: { x: null } };
  const after = { type: 'CLICK', payload: { a: [1, 3] }, same: { x: null }, 'new/key': 0 };
  expect(jsonChanges(before, after)).toEqual([
    { path: '/type', before: 7, after: 'CLICK' },
    { path: '/payload/a/1', before: 2, after: 3 },
    { path: '/payload/gone', before: true, after: undefined },
    { path: '/new~1key', before: undefined, after: 0 },
  ]);
  expect(jsonChanges([1], { 0: 1 })).toHaveLength(1);
});
