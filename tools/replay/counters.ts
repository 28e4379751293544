/** Item counters: each item's clicks in the item-clicks table against the data set's tenant lines. */
import { ItemClicksReader, type Tables } from '@picasso/storage';
import type { Difference } from './compare.ts';
import type { Dialogues } from './dialogues.ts';

/** @param replays how often the dialogues went through these tables */
export const compareCounters = async (
  tables: Tables,
  dialogues: Dialogues,
  replays: number,
): Promise<Map<string, Difference[]>> => {
  const reader = new ItemClicksReader(tables);
  const failures = new Map<string, Difference[]>();
  for (const { tenant, items } of dialogues.tenants.values()) {
    const counts = Object.fromEntries(
      (await reader.all(tenant)).map(({ item, click_count }) => [item, click_count]),
    );
    const keys = new Set([...Object.keys(items), ...Object.keys(counts)]);
    const different = [...keys]
      .map((field) => ({
        field,
        expected: (items[field] ?? 0) * replays,
        actual: counts[field] ?? 0,
      }))
      .filter(({ expected, actual }) => expected !== actual);
    if (different.length > 0) failures.set(`item counters of ${tenant}`, different);
  }
  return failures;
};
