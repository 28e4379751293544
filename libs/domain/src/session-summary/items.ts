import { LIMITS, type JourneyEvent } from '@picasso/contracts';
import { BOUNDS, digest, exceedsBytes, jsonBytes, sortedRecord } from './bounds.ts';
import { asText, listField, ownField, textField } from './fields.ts';

/** Which item a click names: its type and the payload's field with its id. */
const CLICKS = new Map([
  ['ACTION_CHIP_CLICKED', { type: 'action_chip', field: 'chip_id' }],
  ['CTA_CLICKED', { type: 'cta', field: 'cta_id' }],
  ['LINK_CLICKED', { type: 'link', field: 'url' }],
  ['HELP_MENU_CLICKED', { type: 'help_prompt', field: 'prompt_index' }],
  ['SHOWCASE_CTA_CLICKED', { type: 'showcase', field: 'showcase_id' }],
]);

/**
 * `{type}#{id}`, the name of an item everywhere. Where that has more than 256 bytes, the digest of
 * the whole stands for the id (`link#sha256:…`): two long links stay two items.
 */
export function itemKey(type: string, id: string): string {
  const key = `${type}#${id}`;
  if (!exceedsBytes(key, BOUNDS.keyBytes)) return key;
  const prefix = exceedsBytes(type, BOUNDS.keyBytes / 2) ? 'item' : type;
  return `${prefix}#${digest(key)}`;
}

/** The key of the item that the event is a click on; null when it is no click or names no item. */
export function clickedItem(event: Pick<JourneyEvent, 'event_type' | 'payload'>): string | null {
  const click = CLICKS.get(event.event_type);
  if (click === undefined) return null;
  const id = textField(event, click.field);
  return id === null ? null : itemKey(click.type, id);
}

/** Clicks by item, of the first 500 different items in the session's order. */
export function countClicks(ordered: readonly JourneyEvent[]): Record<string, number> {
  const counts = new ItemCounts();
  for (const event of ordered) {
    const key = clickedItem(event);
    if (key !== null) counts.add(key);
  }
  return counts.toRecord();
}

/**
 * How often items were shown, of the first 500 different items in the session's order: what
 * ITEMS_SHOWN lists, and the buttons and links of the bot's answers.
 *
 * Page and chat backend may both tell what one answer showed (MESSAGE_RECEIVED and QA_COMPLETE).
 * They are taken as two accounts of the same turn, which lasts from one MESSAGE_SENT to the next:
 * an item counts as often as the account that names it more often says, not as their sum.
 *
 * @param clicks of the same session: what they take of `BOUNDS.itemsBytes` is not left for these
 */
export function countShown(
  ordered: readonly JourneyEvent[],
  clicks: Readonly<Record<string, number>> = {},
): Record<string, number> {
  const counts = new ItemCounts(BOUNDS.itemsBytes - jsonBytes(clicks));
  let page = new Map<string, number>();
  let backend = new Map<string, number>();
  const tell = (account: Map<string, number>, other: Map<string, number>, key: string): void => {
    const told = (account.get(key) ?? 0) + 1;
    account.set(key, told);
    if (told > (other.get(key) ?? 0)) counts.add(key);
  };
  for (const event of ordered) {
    switch (event.event_type) {
      case 'MESSAGE_SENT':
        page = new Map();
        backend = new Map();
        break;
      case 'MESSAGE_RECEIVED':
        for (const key of answerItems(event.payload)) tell(page, backend, key);
        break;
      case 'QA_COMPLETE':
        for (const key of answerItems(ownField(event.payload, 'items_in_response'))) {
          tell(backend, page, key);
        }
        break;
      case 'ITEMS_SHOWN':
        for (const key of listedItems(event)) counts.add(key);
        break;
    }
  }
  return counts.toRecord();
}

/** Buttons and links of one answer, as ids and urls or as objects that hold them. */
function answerItems(answer: unknown): string[] {
  const ctas = listField(answer, 'ctas_shown')
    .map((cta) => asText(cta) ?? asText(ownField(cta, 'cta_id')) ?? asText(ownField(cta, 'id')))
    .filter((id) => id !== null);
  const urls = listField(answer, 'links_included')
    .map((link) => asText(link) ?? asText(ownField(link, 'url')))
    .filter((url) => url !== null);
  return [...ctas.map((id) => itemKey('cta', id)), ...urls.map((url) => itemKey('link', url))];
}

function listedItems(event: JourneyEvent): string[] {
  return listField(event.payload, 'items').flatMap((item) => {
    const type = asText(ownField(item, 'item_type'));
    const id = asText(ownField(item, 'item_id'));
    return type === null || id === null ? [] : [itemKey(type, id)];
  });
}

/** Bytes of JSON that an entry takes besides its key: colon, comma and the count. */
const ENTRY_BYTES = 10;

class ItemCounts {
  readonly #counts = new Map<string, number>();
  #bytesLeft: number;

  /** @param maxBytes of JSON; no further items are taken beyond */
  constructor(maxBytes = Infinity) {
    this.#bytesLeft = maxBytes;
  }

  add(key: string): void {
    const count = this.#counts.get(key);
    if (count !== undefined) {
      this.#counts.set(key, count + 1);
      return;
    }
    // 0 once an item did not fit: those that are kept are the first ones, not the shortest.
    const bytes = jsonBytes(key) + ENTRY_BYTES;
    if (bytes > this.#bytesLeft) this.#bytesLeft = 0;
    if (this.#counts.size >= LIMITS.summaryKeys || this.#bytesLeft === 0) return;
    this.#bytesLeft -= bytes;
    this.#counts.set(key, 1);
  }

  toRecord(): Record<string, number> {
    return sortedRecord(this.#counts);
  }
}
