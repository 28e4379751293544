import type { Figures } from '@picasso/contracts';
import { itemParts, nameOf } from '../item-usage/names.ts';
import { normaliseQuestion } from '../questions/normalise-question.ts';
import type { ConfiguredItem } from './inventory.ts';

/** The key of the configured item that a used one is; null where it is none of them. */
export type ItemMatcher = (usedKey: string) => string | null;

/**
 * Finds the configured item behind a counted one of its type: by key; else by the label that was
 * sent in place of an id, which is what the deployed widget does; else by the label that events
 * gave it. Labels are the same when they differ in case, white space and punctuation only. A label
 * that several items of a type carry decides nothing. Links match by address as well: with and
 * without a final slash, in whatever case the host is written.
 */
export function itemMatcher(
  configured: readonly ConfiguredItem[],
  names: Figures['names'],
): ItemMatcher {
  const keys = new Set(configured.map(({ key }) => key));
  const byLabel = new Map<string, string | null>();
  for (const { key, type, id, label } of configured) {
    const aliases = new Set([label, id].flatMap((text) => alias(type, text)));
    for (const name of aliases) byLabel.set(name, byLabel.has(name) ? null : key);
  }
  return (usedKey) => {
    if (keys.has(usedKey)) return usedKey;
    const { type, id } = itemParts(usedKey);
    for (const name of [id, nameOf(names, usedKey, 'label')].flatMap((text) => alias(type, text))) {
      const key = byLabel.get(name);
      if (key) return key;
    }
    return null;
  };
}

function alias(type: string, text: string | null): string[] {
  if (text === null || text === '') return [];
  // A number is a prompt's place, not its text; and a link's text is often just "here".
  if (type === 'link') return address(text);
  if (type === 'help_prompt' && /^\d+$/.test(text)) return [];
  return [`${type}#${normaliseQuestion(text)}`];
}

function address(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { href } = new URL(text);
  return [`link#${href.replace(/\/$/, '')}`];
}
