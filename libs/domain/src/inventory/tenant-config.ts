import { compareText } from '../ordering/ordering.ts';
import { firstCharacters } from '../session-summary/bounds.ts';
import { asText, ownField } from '../session-summary/fields.ts';
import { itemKey } from '../session-summary/items.ts';
import type {
  ConfiguredField,
  ConfiguredForm,
  ConfiguredItem,
  Inventory,
  InventoryWarning,
  ItemType,
} from './inventory.ts';
import type { MarkdownLink } from './markdown-links.ts';

const LABEL_CHARACTERS = 200;

/** One entry of a section: under its key, or at its place in a list (then `key` is null). */
interface Entry {
  path: string;
  key: string | null;
  value: unknown;
}

type Warn = (path: string, message: string) => void;

/**
 * The items and forms of a tenant's configuration, v1.3 (lists, chips without ids) or v1.4.1
 * (objects by id). Absent sections are empty; what cannot be read is left out with a warning.
 *
 * @param config parsed JSON, whatever it holds
 * @param documentLinks links of the knowledge base's documents, besides those that the config lists
 */
export function parseInventory(
  config: unknown,
  documentLinks: readonly MarkdownLink[] = [],
): Inventory {
  const warnings: InventoryWarning[] = [];
  const warn: Warn = (path, message) => warnings.push({ path, message });
  if (!isObject(config)) warn('', 'the configuration is no object');
  const section = (name: string): Entry[] => entriesOf(ownField(config, name), name, warn);
  const within = (name: string, inner: string): Entry[] => {
    const outer = ownField(config, name) ?? {};
    if (!isObject(outer)) warn(name, 'is no object');
    return entriesOf(ownField(outer, inner), `${name}.${inner}`, warn);
  };
  const items = [
    ...within('action_chips', 'default_chips').map((entry) => chip(entry, warn)),
    ...section('cta_definitions').map((entry) => cta(entry, warn)),
    ...within('quick_help', 'prompts').map((entry, index) => helpPrompt(entry, index, warn)),
    ...section('content_showcase').map((entry) => showcase(entry, warn)),
    ...within('kb_inventory', 'links').map((entry) => link(entry, warn)),
    ...documentLinks.map(({ url, label }) => itemOf('link', url, label)),
  ];
  const forms = section('conversational_forms').map((entry) => form(entry, warn));
  return {
    items: distinct(items, ({ key }) => key, warn),
    forms: distinct(forms, ({ form_id }) => `form#${form_id}`, warn),
    warnings,
  };
}

/** v1.3 names chips by their label alone, and the deployed widget sends it as `chip_id`. */
function chip({ path, key, value }: Entry, warn: Warn): ConfiguredItem | null {
  if (!isObject(value)) return unread(path, warn);
  const label = textOf(value, 'label');
  const id = key ?? textOf(value, 'id') ?? label;
  return id === null
    ? unread(path, warn, 'has neither id nor label')
    : itemOf('action_chip', id, label);
}

function cta({ path, key, value }: Entry, warn: Warn): ConfiguredItem | null {
  if (!isObject(value)) return unread(path, warn);
  const id = key ?? textOf(value, 'id');
  if (id === null) return unread(path, warn, 'has no id');
  return itemOf('cta', id, textOf(value, 'label') ?? textOf(value, 'text'));
}

/** Events name prompts by their place. */
function helpPrompt({ path, value }: Entry, index: number, warn: Warn): ConfiguredItem | null {
  const text = asText(value);
  return text === null ? unread(path, warn) : itemOf('help_prompt', String(index), text);
}

function showcase({ path, key, value }: Entry, warn: Warn): ConfiguredItem | null {
  if (!isObject(value)) return unread(path, warn);
  const id = textOf(value, 'id') ?? key;
  if (id === null) return unread(path, warn, 'has no id');
  return itemOf('showcase', id, textOf(value, 'name'));
}

function link({ path, value }: Entry, warn: Warn): ConfiguredItem | null {
  const url = asText(value) ?? textOf(value, 'url');
  if (url === null) return unread(path, warn);
  return itemOf('link', url, textOf(value, 'label') ?? textOf(value, 'title'));
}

function form({ path, key, value }: Entry, warn: Warn): ConfiguredForm | null {
  if (!isObject(value)) return unread(path, warn);
  const formId = textOf(value, 'form_id') ?? key;
  if (formId === null) return unread(path, warn, 'has no id');
  const fields = entriesOf(ownField(value, 'fields'), `${path}.fields`, warn).map((entry) =>
    field(entry, warn),
  );
  return {
    form_id: formId,
    key: key ?? formId,
    title: textOf(value, 'title'),
    fields: fields.filter((known) => known !== null),
  };
}

function field({ path, key, value }: Entry, warn: Warn): ConfiguredField | null {
  if (!isObject(value)) return unread(path, warn);
  const id = textOf(value, 'id') ?? key;
  if (id === null) return unread(path, warn, 'has no id');
  return {
    id,
    label: textOf(value, 'label'),
    kind: textOf(value, 'type'),
    required: ownField(value, 'required') === true,
  };
}

/** A section's entries, be it a list or an object; none where it is absent. */
function entriesOf(section: unknown, path: string, warn: Warn): Entry[] {
  if (section === undefined || section === null) return [];
  if (Array.isArray(section)) {
    return section.map((value: unknown, index) => ({ path: `${path}.${index}`, key: null, value }));
  }
  if (isObject(section)) {
    return Object.entries(section).map(([key, value]) => ({ path: `${path}.${key}`, key, value }));
  }
  warn(path, 'is neither a list nor an object');
  return [];
}

function itemOf(type: ItemType, id: string, label: string | null): ConfiguredItem {
  return { key: itemKey(type, id), type, id, label };
}

/** Sorted; of several with one key the first holds. */
function distinct<T>(entries: readonly (T | null)[], keyOf: (entry: T) => string, warn: Warn): T[] {
  const byKey = new Map<string, T>();
  for (const entry of entries) {
    if (entry === null) continue;
    const key = keyOf(entry);
    if (!byKey.has(key)) byKey.set(key, entry);
    // A link stands in many documents.
    else if (!key.startsWith('link#')) warn(key, 'is configured more than once');
  }
  return [...byKey].sort(([a], [b]) => compareText(a, b)).map(([, entry]) => entry);
}

function unread(path: string, warn: Warn, message = 'is not what this section holds'): null {
  warn(path, message);
  return null;
}

function textOf(value: unknown, name: string): string | null {
  const text = asText(ownField(value, name))?.trim() ?? '';
  return text === '' ? null : firstCharacters(text, LABEL_CHARACTERS);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
