import { describe, expect, it } from '@jest/globals';
import type { Figures } from '@picasso/contracts';
import { itemKey } from '../session-summary/items.ts';
import { findGaps, type DayUsage } from './gaps.ts';
import type { ConfiguredItem, ItemType } from './inventory.ts';
import { itemMatcher } from './item-matching.ts';
import { NO_INVENTORY, recordSnapshot } from './timeline.ts';

const item = (type: ItemType, id: string, label: string | null = null): ConfiguredItem => ({
  key: itemKey(type, id),
  type,
  id,
  label,
});

describe('a used item', () => {
  const match = itemMatcher(
    [
      item('action_chip', 'donate_chip', 'Donate now'),
      item('action_chip', 'hours'),
      item('cta', 'apply', 'Learn more'),
      item('cta', 'give', 'Learn more'),
      item('link', 'https://Example.org/fees/', 'here'),
      item('help_prompt', '0', 'What do you do?'),
    ],
    {
      'cta#old_apply': { label: { 'Learn more': 1 }, category: {}, kind: {} },
      'action_chip#x': { label: { 'donate now!': 1 }, category: {}, kind: {} },
    },
  );

  it.each([
    ['by its key', 'cta#give', 'cta#give'],
    ['by the label sent for an id', 'action_chip#Donate now', 'action_chip#donate_chip'],
    ['by that label in other writing', 'action_chip#donate  NOW', 'action_chip#donate_chip'],
    ['by the label that events tell', 'action_chip#x', 'action_chip#donate_chip'],
    ['by its id in other writing', 'action_chip#Hours', 'action_chip#hours'],
    ['by its address', 'link#https://example.org/fees', 'link#https://Example.org/fees/'],
    ['by a prompt’s text', 'help_prompt#what do you do', 'help_prompt#0'],
  ])('is matched %s', (_, used, configured) => {
    expect(match(used)).toBe(configured);
  });

  it.each([
    ['of another type', 'cta#Donate now'],
    ['whose label several items have', 'cta#old_apply'],
    ['of a link’s text', 'link#here'],
    ['at another place', 'help_prompt#7'],
    ['that nobody configured', 'cta#nosuch'],
  ])('is not matched where it is one %s', (_, used) => {
    expect(match(used)).toBeNull();
  });
});

const use = (clicks: number, shown = 0) => ({ clicks, shown, sessions: clicks });
const day = (date: string, items: Figures['items'], conversations = 100): DayUsage => ({
  day: date,
  conversations,
  items,
});
const timelineOf = (date: string, ...items: ConfiguredItem[]) =>
  recordSnapshot(NO_INVENTORY, date, items);
const RANGE = { from: '2026-11-01', to: '2026-11-10' };

describe('gaps', () => {
  const configured = [
    item('cta', 'busy'),
    item('cta', 'rare'),
    item('cta', 'seen'),
    item('cta', 'unseen', 'Unseen'),
    item('showcase', 'quiet'),
    item('showcase', 'liked'),
  ];
  const report = findGaps(
    timelineOf('2026-10-01', ...configured),
    [
      day('2026-11-01', { 'cta#busy': use(30, 100), 'cta#rare': use(1, 100), 'cta#gone': use(2) }),
      day('2026-11-02', {
        'cta#seen': use(0, 50),
        'cta#rare': use(0, 1),
        'showcase#liked': use(2),
        'cta#other': use(0, 9),
      }),
    ],
    {},
    RANGE,
  );

  it('tell never shown, shown but never clicked, and rarely clicked apart', () => {
    expect(report.items.map(({ key, state }) => [key, state])).toEqual([
      ['cta#unseen', 'never_shown'],
      ['cta#seen', 'never_clicked'],
      ['showcase#quiet', 'never_clicked'],
      ['cta#rare', 'rarely_clicked'],
      ['showcase#liked', null],
      ['cta#busy', null],
    ]);
  });

  it('say on what they rest', () => {
    expect(report.items[0]).toEqual({
      key: 'cta#unseen',
      type: 'cta',
      id: 'unseen',
      label: 'Unseen',
      state: 'never_shown',
      configured_since: '2026-10-01',
      days_configured: 10,
      clicks: 0,
      shown: 0,
      conversations: 200,
      rate: 0,
    });
  });

  it('do not claim to know what was shown where nothing of the type tells', () => {
    const quiet = report.items.find(({ key }) => key === 'showcase#quiet');
    expect(quiet).toMatchObject({ shown: null, state: 'never_clicked' });
  });

  it('list what was clicked without being configured', () => {
    expect(report.unconfigured).toEqual([{ key: 'cta#gone', clicks: 2 }]);
  });
});

describe('the time that counts', () => {
  const usage = [day('2026-11-04', { 'cta#a': use(9, 9) }), day('2026-11-05', {}, 40)];

  it('begins when the item was configured', () => {
    const { items } = findGaps(timelineOf('2026-11-05', item('cta', 'a')), usage, {}, RANGE);
    expect(items).toMatchObject([
      {
        state: 'never_shown',
        clicks: 0,
        configured_since: '2026-11-05',
        days_configured: 6,
        conversations: 40,
      },
    ]);
  });

  it('is that of items configured at the end of the range', () => {
    const later = timelineOf('2026-11-11', item('cta', 'a'));
    const gone = recordSnapshot(timelineOf('2026-11-01', item('cta', 'a')), '2026-11-10', []);
    for (const timeline of [later, gone]) {
      const { items, unconfigured } = findGaps(timeline, usage, {}, RANGE);
      expect(items).toEqual([]);
      expect(unconfigured).toEqual([{ key: 'cta#a', clicks: 9 }]);
    }
  });
});

it.each([
  ['few chances', use(1, 99), null],
  ['a hundredth', use(1, 100), null],
  ['less than a hundredth', use(1, 101), 'rarely_clicked'],
  ['conversations for what is not told', use(1), 'rarely_clicked'],
])('of clicks: %s', (_, usage, state) => {
  const timeline = timelineOf('2026-11-01', item('cta', 'a'));
  const days = [day('2026-11-01', { 'cta#a': usage }, 500)];
  expect(findGaps(timeline, days, {}, RANGE).items[0]?.state).toBe(state);
});
