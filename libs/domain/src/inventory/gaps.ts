import type { Figures } from '@picasso/contracts';
import { compareText } from '../ordering/ordering.ts';
import { ratio } from '../rates/rates.ts';
import { dayCount, type DayRange } from '../ranges/ranges.ts';
import { itemMatcher } from './item-matching.ts';
import type { ItemType } from './inventory.ts';
import { configuredSince, type InventoryTimeline } from './timeline.ts';

/** `never_clicked`: shown but not clicked, or not clicked where nothing tells what was shown. */
export type GapState = 'never_shown' | 'never_clicked' | 'rarely_clicked';

export interface GapRow {
  key: string;
  type: ItemType;
  id: string;
  label: string | null;
  /** null: it is no gap. */
  state: GapState | null;
  configured_since: string;
  /** Days of the range on which it was configured, the first one included. */
  days_configured: number;
  clicks: number;
  /** null where nothing tells of any item of this type that it was shown. */
  shown: number | null;
  /** Conversations on those days. */
  conversations: number;
  /** Clicks ÷ times shown, else ÷ conversations. */
  rate: number | null;
}

export interface GapReport {
  /** Every item configured on the last day of the range: gaps first, the worst of them first. */
  items: GapRow[];
  /** Used items that are not configured (any more). */
  unconfigured: { key: string; clicks: number }[];
}

/** One day's usage, as its aggregate has it. */
export interface DayUsage {
  day: string;
  conversations: number;
  items: Figures['items'];
}

/** Below one click in a hundred an item is clicked rarely, once there were a hundred chances. */
const RARE_RATE = 0.01;
const RARE_SAMPLE = 100;

const SEVERITY: readonly (GapState | null)[] = [
  'never_shown',
  'never_clicked',
  'rarely_clicked',
  null,
];

/**
 * Configured items against their usage. An item's usage counts from the day on since which it is
 * configured: clicks on a former item of the same name say nothing about it.
 *
 * @param days those of the range that have an aggregate, in any order
 */
export function findGaps(
  timeline: InventoryTimeline,
  days: readonly DayUsage[],
  names: Figures['names'],
  range: DayRange,
): GapReport {
  const current = timeline.entries.flatMap((entry) => {
    const since = configuredSince(entry, range.to);
    return since === null ? [] : [{ ...entry.item, since }];
  });
  const sinceOf = new Map(current.map(({ key, since }) => [key, since]));
  const match = itemMatcher(current, names);
  const matches = new Map<string, string | null>();
  const used = new Map<string, { clicks: number; shown: number }>();
  const unconfigured = new Map<string, number>();
  const toldTypes = new Set<string>();

  for (const { day, items } of days) {
    for (const [usedKey, { clicks, shown }] of Object.entries(items)) {
      if (!matches.has(usedKey)) matches.set(usedKey, match(usedKey));
      const key = matches.get(usedKey) ?? null;
      if (shown > 0) toldTypes.add(usedKey.slice(0, usedKey.indexOf('#')));
      if (key === null) unconfigured.set(usedKey, (unconfigured.get(usedKey) ?? 0) + clicks);
      else if (day >= (sinceOf.get(key) ?? day)) {
        const known = used.get(key) ?? { clicks: 0, shown: 0 };
        used.set(key, { clicks: known.clicks + clicks, shown: known.shown + shown });
      }
    }
  }

  const rows = current.map(({ since, ...item }): GapRow => {
    const { clicks, shown } = used.get(item.key) ?? { clicks: 0, shown: 0 };
    const conversations = days
      .filter(({ day }) => day >= since)
      .reduce((sum, day) => sum + day.conversations, 0);
    const shownOrUnknown = toldTypes.has(item.type) ? shown : null;
    const chances = shown > 0 ? shown : conversations;
    return {
      ...item,
      state: gapState(clicks, shownOrUnknown, chances),
      configured_since: since,
      days_configured: dayCount({ from: since > range.from ? since : range.from, to: range.to }),
      clicks,
      shown: shownOrUnknown,
      conversations,
      rate: ratio(clicks, chances),
    };
  });
  return {
    items: rows.sort(
      (a, b) =>
        SEVERITY.indexOf(a.state) - SEVERITY.indexOf(b.state) ||
        (a.rate ?? 0) - (b.rate ?? 0) ||
        compareText(a.key, b.key),
    ),
    unconfigured: [...unconfigured]
      .filter(([, clicks]) => clicks > 0)
      .map(([key, clicks]) => ({ key, clicks }))
      .sort((a, b) => b.clicks - a.clicks || compareText(a.key, b.key)),
  };
}

function gapState(clicks: number, shown: number | null, chances: number): GapState | null {
  if (clicks === 0) return shown === 0 ? 'never_shown' : 'never_clicked';
  return chances >= RARE_SAMPLE && clicks / chances < RARE_RATE ? 'rarely_clicked' : null;
}
