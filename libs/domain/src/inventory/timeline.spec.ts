import { describe, expect, it } from '@jest/globals';
import type { ConfiguredItem } from './inventory.ts';
import { configuredSince, NO_INVENTORY, recordSnapshot } from './timeline.ts';

const cta = (id: string, label = id): ConfiguredItem => ({
  key: `cta#${id}`,
  type: 'cta',
  id,
  label,
});

type Snapshot = [day: string, ...ids: string[]];
const timeline = (...snapshots: Snapshot[]) =>
  snapshots.reduce(
    (known, [day, ...ids]) =>
      recordSnapshot(
        known,
        day,
        ids.map((id) => cta(id)),
      ),
    NO_INVENTORY,
  );
const spans = (...snapshots: Snapshot[]) =>
  Object.fromEntries(timeline(...snapshots).entries.map(({ item, spans: own }) => [item.id, own]));

describe('a timeline', () => {
  it('says from when to when items were configured', () => {
    expect(
      spans(['2026-11-01', 'a', 'b'], ['2026-11-02', 'a', 'b', 'c'], ['2026-11-05', 'a', 'c']),
    ).toEqual({
      a: [['2026-11-01', null]],
      b: [['2026-11-01', '2026-11-05']],
      c: [['2026-11-02', null]],
    });
  });

  it('remembers that an item was away', () => {
    const days: Snapshot[] = [['2026-11-01', 'a'], ['2026-11-03'], ['2026-11-07', 'a']];
    expect(spans(...days)).toEqual({
      a: [
        ['2026-11-01', '2026-11-03'],
        ['2026-11-07', null],
      ],
    });
    const [entry] = timeline(...days).entries;
    const since = (day: string) => entry && configuredSince(entry, day);
    expect(['2026-10-31', '2026-11-02', '2026-11-03', '2026-11-08'].map(since)).toEqual([
      null,
      '2026-11-01',
      null,
      '2026-11-07',
    ]);
  });

  it('does not change when a snapshot is taken in again', () => {
    const once = timeline(['2026-11-01', 'a'], ['2026-11-02', 'b']);
    const again = recordSnapshot(once, '2026-11-02', [cta('b')]);
    expect(JSON.stringify(again)).toBe(JSON.stringify(once));
  });

  it('takes the last of several snapshots of a day', () => {
    expect(spans(['2026-11-01', 'a'], ['2026-11-02', 'b'], ['2026-11-02', 'a'])).toEqual({
      a: [['2026-11-01', null]],
    });
  });

  it('keeps the item as it was last configured', () => {
    const renamed = recordSnapshot(timeline(['2026-11-01', 'a']), '2026-11-02', [cta('a', 'New')]);
    expect(renamed.entries[0]).toEqual({ item: cta('a', 'New'), spans: [['2026-11-01', null]] });
  });

  it('refuses a snapshot from before', () => {
    expect(() => recordSnapshot(timeline(['2026-11-02', 'a']), '2026-11-01', [])).toThrow(
      RangeError,
    );
  });
});
