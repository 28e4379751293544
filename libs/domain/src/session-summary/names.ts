import type { ItemName, JourneyEvent, SessionSummary } from '@picasso/contracts';
import { boundedId, firstCharacters, jsonBytes, sortedRecord } from './bounds.ts';
import { textField } from './fields.ts';
import { clickedItem } from './items.ts';

const NAME_CHARACTERS = 100;
/** Bytes of JSON: with all else in a summary it still fits one table item (see BOUNDS). */
const NAMES_BYTES = 16 * 1024;

/** Where names of a form lie. */
export const formKey = (formId: string): string => `form#${formId}`;

/** Where names of a form's field lie. */
export const fieldKey = (formId: string, fieldId: string): string => `field#${formId}#${fieldId}`;

type Mention = [key: string, id: string, name: Partial<Record<keyof ItemName, string | null>>];

/**
 * What the events called the items that were clicked, the forms, and the fields at which a form was
 * left. Of several names the first holds, of 100 characters at most; a label that is the id again
 * says nothing and is left out. Prompts of the help menu have none: their text is their content.
 *
 * Names beyond 16 KB are left out, in the session's order. Undefined where there are none.
 */
export function itemNames(
  ordered: readonly JourneyEvent[],
  { clicks, forms, bottlenecks }: Pick<SessionSummary, 'clicks' | 'forms' | 'bottlenecks'>,
): SessionSummary['labels'] {
  const wanted = new Set([
    ...Object.keys(clicks),
    ...Object.keys(forms).map(formKey),
    ...bottlenecks.flatMap(([form, field]) => (field === null ? [] : [fieldKey(form, field)])),
  ]);
  const names = new Map<string, ItemName>();
  let bytes = 0;
  for (const event of ordered) {
    for (const [key, id, mentioned] of mentions(event)) {
      if (!wanted.has(key)) continue;
      const known = names.get(key) ?? {};
      const name = { ...newNames(mentioned, id), ...known };
      if (Object.keys(name).length === Object.keys(known).length) continue;
      const growth =
        jsonBytes({ [key]: name }) - (names.has(key) ? jsonBytes({ [key]: known }) : 0);
      if (bytes + growth > NAMES_BYTES) continue;
      bytes += growth;
      names.set(key, name);
    }
  }
  const sorted = [...names].map(
    ([key, name]) => [key, sortedRecord(Object.entries(name))] as [string, ItemName],
  );
  return names.size === 0 ? undefined : sortedRecord(sorted);
}

function newNames(mentioned: Mention[2], id: string): ItemName {
  return Object.fromEntries(
    Object.entries(mentioned)
      .filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== id)
      .map(([kind, text]) => [kind, firstCharacters(text, NAME_CHARACTERS)]),
  );
}

/** The names that an event tells, with the ids that they stand for. */
function mentions(event: JourneyEvent): Mention[] {
  const text = (name: string): string | null => textField(event, name);
  const item = clickedItem(event);
  if (item !== null) {
    switch (event.event_type) {
      case 'ACTION_CHIP_CLICKED':
        return [[item, text('chip_id') ?? '', { label: text('chip_label') }]];
      case 'CTA_CLICKED':
        return [[item, text('cta_id') ?? '', { label: text('cta_label') }]];
      case 'LINK_CLICKED': {
        const label = text('label') ?? text('link_text');
        return [[item, text('url') ?? '', { label, category: text('category') }]];
      }
      default:
        return [];
    }
  }
  const form = text('form_id');
  if (form === null || !event.event_type.startsWith('FORM_')) return [];
  const formId = boundedId(form);
  const fieldNames = (id: string | null, name: Mention[2]): Mention[] =>
    id === null ? [] : [[fieldKey(formId, boundedId(id)), id, name]];
  return [
    [formKey(formId), form, { label: text('form_label') }],
    ...fieldNames(text('field_id'), { label: text('field_label'), kind: text('field_type') }),
    ...fieldNames(text('last_field_id'), { label: text('last_field_label') }),
  ];
}
