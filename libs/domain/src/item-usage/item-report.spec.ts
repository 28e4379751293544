import { describe, expect, it } from '@jest/globals';
import type { Figures } from '@picasso/contracts';
import { linkRows, popularity } from './item-report.ts';
import { itemParts, nameOf } from './names.ts';

const item = (clicks: number, shown = 0, sessions = clicks) => ({ clicks, shown, sessions });
const names: Figures['names'] = {
  'link#https://example.org/fees': {
    label: { Fees: 2, 'Our fees': 3, 'All fees': 3 },
    category: { info: 1 },
    kind: {},
  },
};

it('names are the most frequent, the first in text order of equals', () => {
  expect(nameOf(names, 'link#https://example.org/fees', 'label')).toBe('All fees');
  expect(nameOf(names, 'link#https://example.org/fees', 'kind')).toBeNull();
  expect(nameOf(names, 'constructor', 'label')).toBeNull();
});

it('keys are parted at their first sign', () => {
  expect(itemParts('link#https://example.org/#a')).toEqual({
    type: 'link',
    id: 'https://example.org/#a',
  });
});

describe('popularity', () => {
  const rows = popularity(
    {
      range: { 'cta#a': item(6, 20, 4), 'cta#b': item(2), 'cta#shown': item(0, 5) },
      last_7_days: { 'cta#a': item(3) },
      before_7_days: { 'cta#a': item(2) },
      last_30_days: { 'cta#a': item(6), 'cta#old': item(1) },
      before_30_days: { 'cta#a': item(6), 'cta#old': item(4) },
    },
    {},
  );

  it('lists what was clicked in the range or the last 30 days', () => {
    expect(rows.map(({ key }) => key)).toEqual(['cta#a', 'cta#b', 'cta#old']);
  });

  it('has clicks, share of all clicks, windows and their trends', () => {
    expect(rows[0]).toEqual({
      key: 'cta#a',
      type: 'cta',
      id: 'a',
      label: null,
      clicks: 6,
      shown: 20,
      sessions: 4,
      share: 0.75,
      last_7_days: { clicks: 3, change: 0.5, trend: 'up' },
      last_30_days: { clicks: 6, change: 0, trend: 'neutral' },
    });
    expect(rows[1]?.last_7_days).toEqual({ clicks: 0, change: null, trend: null });
    expect(rows[2]).toMatchObject({
      clicks: 0,
      share: 0,
      last_30_days: { clicks: 1, change: -0.75, trend: 'down' },
    });
  });

  it('of nothing is empty', () => {
    const none = {};
    expect(
      popularity(
        {
          range: none,
          last_7_days: none,
          before_7_days: none,
          last_30_days: none,
          before_30_days: none,
        },
        {},
      ),
    ).toEqual([]);
  });
});

describe('links', () => {
  const items = {
    'link#https://example.org/fees': item(3, 12),
    'link#https://example.org/map': item(5),
    'link#https://example.org/unseen': item(0, 8),
    'cta#a': item(9),
  };

  it('have label, category and CTR on what tells best', () => {
    expect(linkRows(items, names, 50)).toEqual([
      {
        key: 'link#https://example.org/map',
        url: 'https://example.org/map',
        label: null,
        category: null,
        ...item(5),
        ctr: 0.1,
        ctr_basis: 'conversations',
      },
      {
        key: 'link#https://example.org/fees',
        url: 'https://example.org/fees',
        label: 'All fees',
        category: 'info',
        ...item(3, 12),
        ctr: 0.25,
        ctr_basis: 'shown',
      },
      {
        key: 'link#https://example.org/unseen',
        url: 'https://example.org/unseen',
        label: null,
        category: null,
        ...item(0, 8),
        ctr: 0,
        ctr_basis: 'shown',
      },
    ]);
  });

  it('have no CTR where there is nothing to divide by', () => {
    const rows = linkRows({ 'link#u': item(1) }, {}, 0);
    expect(rows[0]).toMatchObject({ ctr: null, ctr_basis: 'conversations' });
  });
});
