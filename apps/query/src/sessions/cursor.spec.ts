import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CursorCodec, type CursorScope } from './cursor.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const codec = new CursorCodec(bytes('k7Qw2vXb9ZrT4nLp8sYd3fHj6gMc1aUe'));
const scope: CursorScope = {
  list: 'sessions',
  tenantHash: 'a',
  filters: { range: '7d', outcome: undefined },
};
const position = { window: [1, 2] as const, after: '{"pk":"TENANT#a"}' };
const refusal = expect.objectContaining({ code: 'invalid_cursor' });

const opening = (cursor: string, where = scope, by = codec) => {
  try {
    return by.open(where, cursor);
  } catch (error) {
    return error;
  }
};

describe('CursorCodec', () => {
  it('opens what it sealed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat(), fc.nat(), (after, from, to) => {
        const sealed = codec.seal(scope, { window: [from, to], after });
        expect(sealed).toMatch(/^[\w-]+$/);
        expect(codec.open(scope, sealed)).toEqual({ window: [from, to], after });
      }),
    );
  });

  it.each<[string, Partial<CursorScope>]>([
    ['tenant', { tenantHash: 'b' }],
    ['list', { list: 'links' }],
    ['range', { filters: { range: '8d' } }],
    ['outcome', { filters: { range: '7d', outcome: 'browsing' } }],
    ['no filters', { filters: {} }],
  ])('does not open for another %s', (_, other) => {
    expect(opening(codec.seal(scope, position), { ...scope, ...other })).toEqual(refusal);
  });

  it('does not care in which order filters are named', () => {
    const sealed = codec.seal({ ...scope, filters: { from: 'x', to: 'y' } }, position);
    expect(codec.open({ ...scope, filters: { to: 'y', from: 'x' } }, sealed)).toEqual(position);
  });

  it('does not open with a changed, missing or added character anywhere', () => {
    const sealed = codec.seal(scope, position);
    for (let i = 0; i < sealed.length; i += 1) {
      const other = sealed[i] === 'A' ? 'B' : 'A';
      expect(opening(sealed.slice(0, i) + other + sealed.slice(i + 1))).toEqual(refusal);
      expect(opening(sealed.slice(0, i) + sealed.slice(i + 1))).toEqual(refusal);
      expect(opening(`${sealed.slice(0, i)}=${sealed.slice(i)}`)).toEqual(refusal);
    }
  });

  it('does not open under another secret', () => {
    const stranger = new CursorCodec(bytes('another secret of thirty-two bytes'));
    expect(opening(stranger.seal(scope, position))).toEqual(refusal);
  });

  it.each(['', 'A', 'null', 'A'.repeat(43), 'Ä', '../..'])('does not open %j', (cursor) => {
    expect(opening(cursor)).toEqual(refusal);
  });
});
