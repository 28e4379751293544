import { describe, expect, it } from '@jest/globals';
import { FROM_SERVER, session, type Step } from '../event-builder.fixture.ts';
import { clickedItem, countClicks, countShown, itemKey } from './items.ts';

const clicks = (...steps: Step[]) => countClicks(session(...steps));
const shown = (...steps: Step[]) => countShown(session(...steps));
const answer = (...ctas: unknown[]): Step => ['MESSAGE_RECEIVED', { ctas_shown: ctas }];
const backend = (...ctas: unknown[]): Step => [
  'QA_COMPLETE',
  { items_in_response: { ctas_shown: ctas } },
  FROM_SERVER,
];

describe('itemKey', () => {
  it('is type and id', () => {
    expect(itemKey('cta', 'donate')).toBe('cta#donate');
  });

  it('keeps a key of 256 bytes and hashes a longer one', () => {
    const fits = 'x'.repeat(256 - 'link#'.length);
    expect(itemKey('link', fits)).toBe(`link#${fits}`);
    expect(itemKey('link', `${fits}x`)).toMatch(/^link#sha256:[0-9a-f]{64}$/);
  });

  it('counts bytes, not characters', () => {
    expect(itemKey('link', 'ü'.repeat(125))).toBe(`link#${'ü'.repeat(125)}`);
    expect(itemKey('link', 'ü'.repeat(126))).toMatch(/^link#sha256:/);
  });

  it('counts bytes of JSON, which is how summaries are kept', () => {
    const quotes = '"'.repeat(125);
    expect(itemKey('link', quotes)).toBe(`link#${quotes}`);
    expect(itemKey('link', `${quotes}"`)).toMatch(/^link#sha256:/);
    expect(itemKey('link', '\u0001'.repeat(50))).toMatch(/^link#sha256:/);
  });

  it('keeps two long ids apart, and has the digest that any SHA-256 gives', () => {
    const url = (end: string) => `https://example.org/${'x'.repeat(300)}${end}`;
    expect(itemKey('link', url('a'))).not.toBe(itemKey('link', url('b')));
    expect(itemKey('cta', 'a'.repeat(300))).toBe(
      'cta#sha256:1cf209f6891f782614e7e0306140f4b5222ddd44e39823cb1ca2a7fdd5a0c819',
    );
  });

  it('is bounded for a long type, too', () => {
    expect(itemKey('t'.repeat(5000), 'x')).toMatch(/^item#sha256:[0-9a-f]{64}$/);
  });
});

describe('clicks', () => {
  it.each([
    ['ACTION_CHIP_CLICKED', { chip_id: 'hours' }, 'action_chip#hours'],
    ['CTA_CLICKED', { cta_id: 'donate' }, 'cta#donate'],
    ['LINK_CLICKED', { url: 'https://example.org/a#b' }, 'link#https://example.org/a#b'],
    ['HELP_MENU_CLICKED', { prompt_index: 0 }, 'help_prompt#0'],
    ['SHOWCASE_CTA_CLICKED', { showcase_id: 'gala' }, 'showcase#gala'],
  ])('%s with %j counts as %s', (type, payload, key) => {
    expect(clicks([type, payload])).toEqual({ [key]: 1 });
  });

  it('add up, in sorted order', () => {
    const result = clicks(
      ['CTA_CLICKED', { cta_id: 'b' }],
      ['CTA_CLICKED', { cta_id: 'a' }],
      ['CTA_CLICKED', { cta_id: 'b' }],
    );
    expect(JSON.stringify(result)).toBe('{"cta#a":1,"cta#b":2}');
  });

  it.each([
    ['MESSAGE_SENT', { cta_id: 'x' }],
    ['CTA_CLICKED', {}],
    ['CTA_CLICKED', { cta_id: '' }],
    ['CTA_CLICKED', { cta_id: { a: 1 } }],
    ['SCHEDULING_CHIP_CLICKED', { chip_id: 'x' }],
  ])('%s with %j is none', (type, payload) => {
    expect(clickedItem({ event_type: type, payload })).toBeNull();
  });

  it('name items as objects do their own properties', () => {
    expect(clicks(['CTA_CLICKED', { cta_id: '__proto__' }])).toEqual({ 'cta#__proto__': 1 });
    const inherited = Object.create({ cta_id: 'x' }) as Record<string, unknown>;
    expect(clickedItem({ event_type: 'CTA_CLICKED', payload: inherited })).toBeNull();
  });

  it('are those of the first 500 items', () => {
    const steps = Array.from({ length: 600 }, (_, n): Step => ['CTA_CLICKED', { cta_id: `c${n}` }]);
    const result = clicks(...steps, ['CTA_CLICKED', { cta_id: 'c0' }]);
    expect(Object.keys(result)).toHaveLength(500);
    expect(result).toMatchObject({ 'cta#c0': 2, 'cta#c499': 1 });
    expect(result).not.toHaveProperty(['cta#c500']);
  });
});

describe('shown', () => {
  it('counts what ITEMS_SHOWN lists, each time', () => {
    const items = [
      { item_type: 'action_chip', item_id: 'hours' },
      { item_type: 'showcase', item_id: 'gala' },
    ];
    const result = shown(['ITEMS_SHOWN', { items }], ['ITEMS_SHOWN', { items: items.slice(1) }]);
    expect(result).toEqual({ 'action_chip#hours': 1, 'showcase#gala': 2 });
  });

  it('counts the buttons of answers, as ids or as objects', () => {
    expect(shown(answer('donate', { cta_id: 'join' }, { id: 'call' }))).toEqual({
      'cta#donate': 1,
      'cta#join': 1,
      'cta#call': 1,
    });
  });

  it('counts buttons and links that the backend tells', () => {
    const items_in_response = {
      ctas_shown: ['donate'],
      links_included: ['https://example.org', { url: 'https://example.net' }],
    };
    expect(shown(['QA_COMPLETE', { items_in_response }, FROM_SERVER])).toEqual({
      'cta#donate': 1,
      'link#https://example.org': 1,
      'link#https://example.net': 1,
    });
  });

  it('counts an answer once that page and backend both tell, in either order', () => {
    expect(shown('MESSAGE_SENT', answer('a', 'b'), backend('a', 'c'))).toEqual({
      'cta#a': 1,
      'cta#b': 1,
      'cta#c': 1,
    });
    expect(shown('MESSAGE_SENT', backend('a', 'c'), answer('a', 'b'))).toEqual({
      'cta#a': 1,
      'cta#b': 1,
      'cta#c': 1,
    });
  });

  it('counts every answer of one side', () => {
    expect(shown('MESSAGE_SENT', answer('a'), answer('a'), backend('a'))).toEqual({ 'cta#a': 2 });
  });

  it('counts again after the next question', () => {
    const turn: Step[] = ['MESSAGE_SENT', backend('a'), answer('a')];
    expect(shown(...turn, ...turn)).toEqual({ 'cta#a': 2 });
  });

  it('does not take two turns for one, whoever tells of which', () => {
    const page: Step[] = ['MESSAGE_SENT', answer('a')];
    const server: Step[] = ['MESSAGE_SENT', backend('a')];
    expect(shown(...page, ...server)).toEqual({ 'cta#a': 2 });
    expect(shown(...server, ...page)).toEqual({ 'cta#a': 2 });
  });

  it.each([
    ['MESSAGE_RECEIVED', { ctas_shown: 'donate' }],
    ['MESSAGE_RECEIVED', { ctas_shown: [null, {}, '', ['x']] }],
    ['QA_COMPLETE', { items_in_response: null }],
    ['QA_COMPLETE', { items_in_response: ['donate'] }],
    ['QA_COMPLETE', { ctas_shown: ['donate'] }],
    ['ITEMS_SHOWN', { items: { item_type: 'cta', item_id: 'x' } }],
    ['ITEMS_SHOWN', { items: [{ item_type: 'cta' }, { item_id: 'x' }, null, 'x'] }],
  ])('finds nothing in %s with %j', (type, payload) => {
    expect(shown([type, payload])).toEqual({});
  });

  it('holds at most 500 items', () => {
    const items = Array.from({ length: 700 }, (_, n) => ({ item_type: 'cta', item_id: `c${n}` }));
    expect(Object.keys(shown(['ITEMS_SHOWN', { items }]))).toHaveLength(500);
  });

  it('holds fewer where long clicks take the room, and always the first ones', () => {
    const items = Array.from({ length: 500 }, (_, n) => ({
      item_type: 'cta',
      item_id: `c${n}`.padEnd(n === 80 ? 5 : 252, 'x'),
    }));
    const steps = session(['ITEMS_SHOWN', { items }]);
    expect(Object.keys(countShown(steps, { 'cta#a': 1 }))).toHaveLength(500);
    const clicked = Object.fromEntries(items.map(({ item_id }) => [`cta#${item_id}`, 1]));
    const shownItems = Object.keys(countShown(steps, clicked));
    expect(shownItems.length).toBeLessThan(80);
    const first = items.slice(0, shownItems.length).map(({ item_id }) => `cta#${item_id}`);
    expect(shownItems).toEqual(first.sort());
  });
});
