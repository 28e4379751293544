import { describe, expect, it } from '@jest/globals';
import type { Tenant } from '@picasso/contracts';
import { type Refused, RejectedEvents, storable } from './rejected-events.ts';
import type { KeyHolder } from './tenants/write-keys.ts';

const holder = (perHour: number, tenant_hash = 'tn'): KeyHolder => ({
  grant: { tenant_hash, origin: 'browser' },
  tenant: { tenant_hash, dead_letters_per_hour: perHour } as Tenant,
});
const refused = (event: unknown): Refused => ({
  code: 'invalid',
  path: '/x',
  message: 'is required',
  event,
  session_id: 'sess',
});

describe('dead letters', () => {
  it('hold the event as it came and why it was refused', async () => {
    const event = { payload: { cta_id: 5 } };
    const made = await new RejectedEvents().letters(holder(10), [refused(event)], 1_234);
    expect(made).toEqual({
      suppressed: 0,
      letters: [
        {
          v: 1,
          tenant_hash: 'tn',
          reason: 'invalid',
          error: 'is required',
          path: '/x',
          event,
          session_id: 'sess',
          origin: 'browser',
          attempts: 1,
          first_ms: 1_234,
          last_ms: 1_234,
          stream_seq: null,
        },
      ],
    });
  });

  it('are limited per tenant; large ones count for more', async () => {
    const rejected = new RejectedEvents();
    const big = refused({ x: 'x'.repeat(100_000) });
    expect((await rejected.letters(holder(5), [big, refused({})], 0)).letters).toHaveLength(2);
    expect(await rejected.letters(holder(5), [refused({})], 0)).toMatchObject({
      letters: [],
      suppressed: 1,
    });
    expect((await rejected.letters(holder(5, 'other'), [refused({})], 0)).suppressed).toBe(0);
  });

  it('never exceed what the broker takes', async () => {
    const huge = refused({ n: Array(100_000).fill(1e20) });
    const { letters } = await new RejectedEvents().letters(holder(1_000), [huge], 0);
    expect(JSON.stringify(letters).length).toBeLessThan(100_000);
    expect(letters[0]?.event).toMatchObject({ length: expect.any(Number) });
  });
});

describe('a storable copy', () => {
  it('can be written whatever the depth, and keeps poisonous names harmless', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(() => JSON.stringify(storable(deep))).not.toThrow();
    const poison: unknown = JSON.parse('{"__proto__":{"admin":true},"n":1e999}');
    expect(JSON.stringify(storable(poison))).toBe('{"__proto__":{"admin":true},"n":"Infinity"}');
    expect({}).not.toHaveProperty('admin');
  });
});
