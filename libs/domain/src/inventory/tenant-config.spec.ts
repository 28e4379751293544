import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseInventory } from './tenant-config.ts';

const FORM = {
  form_id: 'volunteer',
  title: 'Volunteer with us',
  fields: [
    { id: 'phone', label: 'Phone', type: 'tel', required: true },
    { id: 'why', label: 'Why?', type: 'textarea' },
  ],
};

/** Lists, chips without ids. */
const V13 = {
  action_chips: { enabled: true, default_chips: [{ label: 'Donate', value: 'How do I give?' }] },
  cta_definitions: { give: { label: 'Give now', action: 'external_link', url: 'https://e.org' } },
  quick_help: { prompts: ['What do you do?', 'Where are you?'] },
  content_showcase: [{ id: 'gala', name: 'Gala', available_ctas: { primary: 'give' } }],
  conversational_forms: { volunteer_form: FORM },
  kb_inventory: { links: ['https://e.org/a', { url: 'https://e.org/b', label: 'B' }] },
};

/** Objects by id. */
const V141 = {
  ...V13,
  action_chips: {
    default_chips: { donate_chip: { label: 'Donate', action: 'send_query', value: '…' } },
  },
  content_showcase: { gala: { name: 'Gala' } },
};

const keys = (config: unknown) => parseInventory(config).items.map(({ key }) => key);

describe('a configuration', () => {
  it('of the first generation is read', () => {
    const { items, forms, warnings } = parseInventory(V13);
    expect(items).toEqual([
      { key: 'action_chip#Donate', type: 'action_chip', id: 'Donate', label: 'Donate' },
      { key: 'cta#give', type: 'cta', id: 'give', label: 'Give now' },
      { key: 'help_prompt#0', type: 'help_prompt', id: '0', label: 'What do you do?' },
      { key: 'help_prompt#1', type: 'help_prompt', id: '1', label: 'Where are you?' },
      { key: 'link#https://e.org/a', type: 'link', id: 'https://e.org/a', label: null },
      { key: 'link#https://e.org/b', type: 'link', id: 'https://e.org/b', label: 'B' },
      { key: 'showcase#gala', type: 'showcase', id: 'gala', label: 'Gala' },
    ]);
    expect(forms).toEqual([
      {
        form_id: 'volunteer',
        key: 'volunteer_form',
        title: 'Volunteer with us',
        fields: [
          { id: 'phone', label: 'Phone', kind: 'tel', required: true },
          { id: 'why', label: 'Why?', kind: 'textarea', required: false },
        ],
      },
    ]);
    expect(warnings).toEqual([]);
  });

  it('of the second generation has the same but for the chip’s id', () => {
    const { items, warnings } = parseInventory(V141);
    expect(items.map(({ key }) => key.replace('donate_chip', 'Donate'))).toEqual(keys(V13));
    expect(items[0]).toMatchObject({ id: 'donate_chip', label: 'Donate' });
    expect(warnings).toEqual([]);
  });

  it('may lack any section', () => {
    expect(parseInventory({})).toEqual({ items: [], forms: [], warnings: [] });
    expect(parseInventory({ action_chips: null, quick_help: {} }).warnings).toEqual([]);
  });

  it('takes in the links of documents, each address once', () => {
    const links = [
      { url: 'https://e.org/a', label: 'A' },
      { url: 'https://e.org/c', label: 'C' },
    ];
    const { items, warnings } = parseInventory({ kb_inventory: V13.kb_inventory }, links);
    expect(items.map(({ key }) => key)).toEqual([
      'link#https://e.org/a',
      'link#https://e.org/b',
      'link#https://e.org/c',
    ]);
    expect(warnings).toEqual([]);
  });
});

describe('what cannot be read', () => {
  it.each<[string, unknown, { path: string; message: string }]>([
    [
      'a section',
      { cta_definitions: 'none' },
      {
        path: 'cta_definitions',
        message: 'is neither a list nor an object',
      },
    ],
    [
      'what a section lies in',
      { quick_help: [1] },
      {
        path: 'quick_help',
        message: 'is no object',
      },
    ],
    [
      'a chip',
      { action_chips: { default_chips: [7] } },
      {
        path: 'action_chips.default_chips.0',
        message: 'is not what this section holds',
      },
    ],
    [
      'a chip that nothing names',
      { action_chips: { default_chips: [{ value: 'x' }] } },
      {
        path: 'action_chips.default_chips.0',
        message: 'has neither id nor label',
      },
    ],
    [
      'a button',
      { cta_definitions: { a: null } },
      {
        path: 'cta_definitions.a',
        message: 'is not what this section holds',
      },
    ],
    [
      'a field',
      { conversational_forms: { f: { fields: ['x'] } } },
      {
        path: 'conversational_forms.f.fields.0',
        message: 'is not what this section holds',
      },
    ],
    [
      'fields',
      { conversational_forms: { f: { fields: 3 } } },
      {
        path: 'conversational_forms.f.fields',
        message: 'is neither a list nor an object',
      },
    ],
    ['the whole', 'junk', { path: '', message: 'the configuration is no object' }],
  ])('of %s is left out with a warning', (_, config, warning) => {
    expect(parseInventory(config).warnings).toEqual([warning]);
  });

  it('does not spoil its neighbours', () => {
    const prompts = ['One', null, 'Three'];
    expect(keys({ quick_help: { prompts }, cta_definitions: [] })).toEqual([
      'help_prompt#0',
      'help_prompt#2',
    ]);
  });

  it('and what is configured twice is warned of; the first holds', () => {
    const chips = [
      { label: 'Donate', value: '1' },
      { label: 'Donate', value: '2' },
    ];
    const { items, warnings } = parseInventory({ action_chips: { default_chips: chips } });
    expect(items).toHaveLength(1);
    expect(warnings).toEqual([
      { path: 'action_chip#Donate', message: 'is configured more than once' },
    ]);
  });

  it('never throws, whatever the file holds', () => {
    const sections = [...Object.keys(V13), '__proto__', 'constructor'];
    const anyConfig = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(
        fc.constantFrom(...sections),
        fc.oneof(
          fc.jsonValue(),
          fc.record({
            default_chips: fc.jsonValue(),
            prompts: fc.jsonValue(),
            links: fc.jsonValue(),
          }),
        ),
      ),
    );
    fc.assert(
      fc.property(anyConfig, (config) => {
        const { items } = parseInventory(config);
        expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
      }),
      { numRuns: 300 },
    );
  });
});
