import type { Figures } from '@picasso/contracts';
import { compareText } from '../ordering/ordering.ts';
import { compare, ratio, trendOf, type Trend } from '../rates/rates.ts';
import { itemParts, nameOf } from './names.ts';

type Items = Figures['items'];

/** Items of the range, and of the windows that end with the range's last day. */
export interface ItemWindows {
  range: Items;
  last_7_days: Items;
  /** The seven days before those. */
  before_7_days: Items;
  last_30_days: Items;
  before_30_days: Items;
}

export interface WindowClicks {
  clicks: number;
  /** Relative to as many days before; null where there were no clicks then. */
  change: number | null;
  trend: Trend | null;
}

export interface PopularityRow {
  key: string;
  type: string;
  id: string;
  label: string | null;
  clicks: number;
  shown: number;
  /** Sessions that clicked it. */
  sessions: number;
  /** Of all clicks of the range. */
  share: number | null;
  last_7_days: WindowClicks;
  last_30_days: WindowClicks;
}

/** Every item that was clicked in the range or in the last 30 days, the most clicked first. */
export function popularity(windows: ItemWindows, names: Figures['names']): PopularityRow[] {
  const { range } = windows;
  const all = Object.values(range).reduce((sum, { clicks }) => sum + clicks, 0);
  const keys = [...new Set([...Object.keys(range), ...Object.keys(windows.last_30_days)])];
  return keys
    .map((key) => ({
      key,
      ...itemParts(key),
      label: nameOf(names, key, 'label'),
      clicks: clicksOf(range, key),
      shown: own(range, key)?.shown ?? 0,
      sessions: own(range, key)?.sessions ?? 0,
      share: ratio(clicksOf(range, key), all),
      last_7_days: windowOf(windows.last_7_days, windows.before_7_days, key),
      last_30_days: windowOf(windows.last_30_days, windows.before_30_days, key),
    }))
    .filter((row) => row.clicks > 0 || row.last_30_days.clicks > 0)
    .sort((a, b) => b.clicks - a.clicks || compareText(a.key, b.key));
}

function windowOf(current: Items, before: Items, key: string): WindowClicks {
  const clicks = clicksOf(current, key);
  const { change } = compare(clicks, clicksOf(before, key));
  return { clicks, change, trend: trendOf(change) };
}

export interface LinkRow {
  key: string;
  url: string;
  label: string | null;
  category: string | null;
  clicks: number;
  shown: number;
  /** Sessions that clicked it. */
  sessions: number;
  /**
   * Clicks ÷ times shown; where nothing tells that the link was shown, clicks ÷ conversations. Each
   * click counts: who clicks twice, or where showing was told in part, it can pass 1.
   */
  ctr: number | null;
  ctr_basis: 'shown' | 'conversations';
}

/** Every link that was clicked or shown, the most clicked first. */
export function linkRows(items: Items, names: Figures['names'], conversations: number): LinkRow[] {
  return Object.entries(items)
    .filter(([key]) => itemParts(key).type === 'link')
    .map(([key, { clicks, shown, sessions }]): LinkRow => {
      const told = shown > 0;
      return {
        key,
        url: itemParts(key).id,
        label: nameOf(names, key, 'label'),
        category: nameOf(names, key, 'category'),
        ...{ clicks, shown, sessions },
        ctr: ratio(clicks, told ? shown : conversations),
        ctr_basis: told ? 'shown' : 'conversations',
      };
    })
    .sort((a, b) => b.clicks - a.clicks || compareText(a.key, b.key));
}

const own = (items: Items, key: string) => (Object.hasOwn(items, key) ? items[key] : undefined);
const clicksOf = (items: Items, key: string): number => own(items, key)?.clicks ?? 0;
