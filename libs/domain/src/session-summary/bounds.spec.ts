import { describe, expect, it } from '@jest/globals';
import { boundedObject, firstCharacters, sortedRecord } from './bounds.ts';

describe('boundedObject', () => {
  it('sorts keys at every level', () => {
    const json = JSON.stringify(boundedObject({ b: { d: 1, c: [{ f: 1, e: 2 }] }, a: null }));
    expect(json).toBe('{"a":null,"b":{"c":[{"e":2,"f":1}],"d":1}}');
  });

  it('leaves out the longest entries until it fits 8 KB', () => {
    const object = { utm_source: 'x', landing_page: 'p'.repeat(6000), term: 't'.repeat(5000) };
    expect(Object.keys(boundedObject(object))).toEqual(['term', 'utm_source']);
  });

  it('counts bytes', () => {
    expect(boundedObject({ a: 'ü'.repeat(4100) })).toEqual({});
    expect(Object.keys(boundedObject({ a: 'ü'.repeat(4000) }))).toEqual(['a']);
  });

  it('keeps odd keys as plain data', () => {
    const object = JSON.parse('{"__proto__":{"polluted":1},"constructor":"x"}') as Record<
      string,
      unknown
    >;
    const copy = boundedObject(object);
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":1},"constructor":"x"}');
    expect((copy as { polluted?: number }).polluted).toBeUndefined();
  });

  it('is a copy', () => {
    const inner = { a: 1 };
    const copy = boundedObject({ inner });
    inner.a = 2;
    expect(copy).toEqual({ inner: { a: 1 } });
  });
});

it('sortedRecord holds any key as its own', () => {
  const record = sortedRecord([
    ['b', 1],
    ['__proto__', 2],
    ['a', 3],
  ]);
  expect(JSON.stringify(record)).toBe('{"__proto__":2,"a":3,"b":1}');
});

it('firstCharacters counts code points', () => {
  expect(firstCharacters('abc', 3)).toBe('abc');
  expect(firstCharacters('abcd', 3)).toBe('abc');
  expect(firstCharacters('😀b😀d', 3)).toBe('😀b😀');
  expect(firstCharacters('😀'.repeat(4), 3)).toBe('😀'.repeat(3));
});
