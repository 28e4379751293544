import type { Figures, NameCounts } from '@picasso/contracts';
import { compareText } from '../ordering/ordering.ts';

/** What events called it most often, the first in text order of equals; null without a name. */
export function nameOf(
  names: Figures['names'],
  key: string,
  kind: keyof NameCounts,
): string | null {
  const counts = Object.hasOwn(names, key) ? names[key]?.[kind] : undefined;
  const byCount = Object.entries(counts ?? {}).sort(
    ([textA, a], [textB, b]) => b - a || compareText(textA, textB),
  );
  return byCount[0]?.[0] ?? null;
}

/** `{type}#{id}` taken apart; an id may contain `#` itself. */
export function itemParts(key: string): { type: string; id: string } {
  const at = key.indexOf('#');
  return at === -1 ? { type: '', id: key } : { type: key.slice(0, at), id: key.slice(at + 1) };
}
