import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Tenant } from '@picasso/contracts';
import {
  type KeyHolder,
  KeysUnavailableError,
  type LookUp,
  OUTAGE_GRACE_MS,
  WriteKeys,
} from './write-keys.ts';

const holder: KeyHolder = {
  grant: { tenant_hash: 'tn', origin: 'browser' },
  tenant: { tenant_hash: 'tn' } as Tenant,
};

let nowMs: number;
let table: jest.Mock<LookUp>;
let keys: WriteKeys;
/** Lets look-ups that run beside the requests come to an end. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  nowMs = 1_000_000;
  table = jest.fn<LookUp>(async () => holder);
  keys = new WriteKeys(table, () => nowMs);
});

describe('a known key', () => {
  it('is asked for once, however many requests wait for it', async () => {
    const found = await Promise.all([keys.find('k'), keys.find('k'), keys.find('k')]);
    expect(found).toEqual([holder, holder, holder]);
    await keys.find('k');
    expect(table).toHaveBeenCalledTimes(1);
  });

  it('is refreshed beside the requests', async () => {
    await keys.find('k');
    nowMs += 11_000;
    let answer: (value: KeyHolder) => void = () => undefined;
    table.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    expect(await keys.find('k')).toBe(holder);
    const changed = { ...holder, tenant: { ...holder.tenant, name: 'new' } };
    answer(changed);
    await settle();
    expect(await keys.find('k')).toBe(changed);
    expect(table).toHaveBeenCalledTimes(2);
  });

  it('stops within 30 s of being revoked, whether it is used all the time or not', async () => {
    await keys.find('busy');
    await keys.find('idle');
    table.mockResolvedValue(undefined);
    const usedUntil: Record<string, number> = {};
    for (let s = 0; s < 40; s += 1) {
      nowMs += 1_000;
      if (await keys.find('busy')) usedUntil.busy = s;
      await settle();
    }
    expect(usedUntil.busy).toBeLessThan(15);
    expect(await keys.find('idle')).toBeUndefined();
  });

  it('goes on while the table is away, for a limited time, without waiting', async () => {
    await keys.find('k');
    table.mockRejectedValue(new Error('throttled'));
    nowMs += 26_000;
    // The first one to notice waits for its look-up to fail.
    expect(await keys.find('k')).toBe(holder);
    const asked = table.mock.calls.length;
    for (let i = 0; i < 100; i += 1) expect(await keys.find('k')).toBe(holder);
    expect(table).toHaveBeenCalledTimes(asked);
    nowMs += OUTAGE_GRACE_MS;
    await expect(keys.find('k')).rejects.toThrow(KeysUnavailableError);
    table.mockResolvedValue(holder);
    expect(await keys.find('k')).toBe(holder);
  });
});

describe('an unknown key', () => {
  it('is remembered for a second', async () => {
    table.mockResolvedValue(undefined);
    for (let i = 0; i < 5; i += 1) expect(await keys.find('k')).toBeUndefined();
    expect(table).toHaveBeenCalledTimes(1);
    nowMs += 1_100;
    table.mockResolvedValue(holder);
    expect(await keys.find('k')).toBe(holder);
  });

  it('that is longer than any is not asked for', async () => {
    expect(await keys.find('x'.repeat(200))).toBeUndefined();
    expect(table).not.toHaveBeenCalled();
  });

  it('is no 401 while the table is away', async () => {
    table.mockRejectedValue(new Error('down'));
    await expect(keys.find('k')).rejects.toThrow(KeysUnavailableError);
  });

  it('in a flood cannot take the table from known ones', async () => {
    await keys.find('known');
    table.mockImplementation(() => new Promise(() => undefined));
    const flood = Array.from({ length: 1_000 }, (_, i) => keys.find(`guess_${i}`));
    for (const guess of flood) guess.catch(() => undefined);
    await settle();
    expect(table.mock.calls.length).toBeLessThanOrEqual(201);
    nowMs += 12_000;
    expect(await keys.find('known')).toBe(holder);
    expect(table).toHaveBeenLastCalledWith('known');
  });
});
