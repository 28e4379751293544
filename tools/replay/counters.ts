/** Item counters: each item's clicks in the item-clicks table against what was replayed. */
import { ItemClicksReader, type Tables } from '@picasso/storage';
import type { Difference } from './compare.ts';
import type { ExpectedSession } from './dialogues.ts';

/** @param replayed every session that went through these tables, as often as it did */
export const compareCounters = async (
  tables: Tables,
  tenantHash: string,
  replayed: readonly ExpectedSession[],
): Promise<Difference[]> => {
  const wanted = new Map<string, number>();
  for (const { tenant_hash, clicks } of replayed) {
    if (tenant_hash !== tenantHash) continue;
    for (const [item, count] of Object.entries(clicks)) {
      wanted.set(item, (wanted.get(item) ?? 0) + count);
    }
  }
  const counters = await new ItemClicksReader(tables).all(tenantHash);
  const counted = new Map(counters.map(({ item, click_count }) => [item, click_count]));
  return [...new Set([...wanted.keys(), ...counted.keys()])]
    .map((field) => ({ field, expected: wanted.get(field) ?? 0, actual: counted.get(field) ?? 0 }))
    .filter(({ expected, actual }) => expected !== actual);
};
