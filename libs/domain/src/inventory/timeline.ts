import { compareText } from '../ordering/ordering.ts';
import type { ConfiguredItem } from './inventory.ts';

/** Days on which an item was configured: from the first on, up to but without the second. */
export type ConfiguredSpan = [from: string, until: string | null];

export interface TimelineEntry {
  /** As last configured. */
  item: ConfiguredItem;
  /** In order; the last one is open (null) while the item is configured. */
  spans: ConfiguredSpan[];
}

/** Since when which items are configured: all dated snapshots of an inventory in one. */
export interface InventoryTimeline {
  /** Day of the last snapshot; null before the first. */
  as_of: string | null;
  /** By item key, sorted. */
  entries: TimelineEntry[];
}

export const NO_INVENTORY: InventoryTimeline = { as_of: null, entries: [] };

/**
 * Takes a snapshot in: what is new begins on its day, what is gone ended on it. Taking the same
 * snapshot again changes nothing; a second one of the same day replaces the first.
 *
 * @param day `yyyy-mm-dd`, local
 * @throws RangeError where a later snapshot was taken in already
 */
export function recordSnapshot(
  timeline: InventoryTimeline,
  day: string,
  items: readonly ConfiguredItem[],
): InventoryTimeline {
  if (timeline.as_of !== null && day < timeline.as_of)
    throw new RangeError(`a snapshot of ${timeline.as_of} is known, ${day} comes too late`);
  const configured = new Map(items.map((item) => [item.key, item]));
  const known = new Map(timeline.entries.map((entry) => [entry.item.key, entry]));
  const entries = [...new Set([...known.keys(), ...configured.keys()])]
    .sort(compareText)
    .map((key) => nextEntry(known.get(key), configured.get(key), day))
    .filter((entry) => entry !== null);
  return { as_of: day, entries };
}

function nextEntry(
  known: TimelineEntry | undefined,
  item: ConfiguredItem | undefined,
  day: string,
): TimelineEntry | null {
  const spans = known?.spans ?? [];
  const last = spans.at(-1);
  const open = last !== undefined && last[1] === null ? last : undefined;
  if (item !== undefined) {
    if (open) return { item, spans };
    // Gone and back within a day: it was never away.
    const resumed = last !== undefined && last[1] === day;
    const before = resumed ? spans.slice(0, -1) : spans;
    return { item, spans: [...before, [resumed ? last[0] : day, null]] };
  }
  if (!known) return null;
  if (!open) return known;
  const before = spans.slice(0, -1);
  // Here and gone within a day: it was never there.
  const ended: ConfiguredSpan[] = open[0] === day ? before : [...before, [open[0], day]];
  return ended.length === 0 ? null : { item: known.item, spans: ended };
}

/** What items are called in the configuration, by key, also of those that are gone from it. */
export const configuredLabels = ({ entries }: InventoryTimeline): ReadonlyMap<string, string> =>
  new Map(entries.flatMap(({ item: { key, label } }) => (label === null ? [] : [[key, label]])));

/** Since when the item is configured without a break; null where it is not at the end of `day`. */
export function configuredSince({ spans }: TimelineEntry, day: string): string | null {
  const span = spans.find(([from, until]) => from <= day && (until === null || day < until));
  return span?.[0] ?? null;
}
