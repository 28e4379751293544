/** What holds for the figures of any sessions, however they are split into parts. */
import { describe, expect, it } from '@jest/globals';
import type { Figures, SessionSummary } from '@picasso/contracts';
import fc from 'fast-check';
import { anySummary, DAY } from '../summary.fixture.ts';
import { aggregateDay } from './aggregate-day.ts';
import { FIGURES_SECTIONS, mergeDays, mergeSection, NO_FIGURES } from './figures.ts';

const figuresOf = (summaries: readonly SessionSummary[], include_open = true): Figures =>
  aggregateDay({ tenant_hash: 'tn', day: DAY, time_zone: 'UTC', summaries, include_open }).figures;

const bytes = (figures: unknown): string => JSON.stringify(figures);
/** As it comes back from a table. */
const stored = (figures: Figures): Figures => JSON.parse(bytes(figures)) as Figures;

const someSummaries = fc.array(anySummary, { maxLength: 8 });

describe('the figures of any sessions', () => {
  it('are the merged figures of any parts of them, byte for byte', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anySummary, fc.nat(3)), { maxLength: 15 }),
        fc.boolean(),
        (assigned, includeOpen) => {
          const whole = figuresOf(
            assigned.map(([summary]) => summary),
            includeOpen,
          );
          const parts = [0, 1, 2, 3].map((part) =>
            figuresOf(
              assigned.filter(([, to]) => to === part).map(([summary]) => summary),
              includeOpen,
            ),
          );
          expect(bytes(mergeDays(...parts.map(stored)))).toBe(bytes(whole));
        },
      ),
      { numRuns: 80 },
    );
  });

  it('do not depend on the order of sessions', () => {
    fc.assert(
      fc.property(someSummaries, (summaries) => {
        expect(bytes(figuresOf(summaries.toReversed()))).toBe(bytes(figuresOf(summaries)));
      }),
    );
  });

  it('merge in any grouping and order, and with nothing to themselves', () => {
    fc.assert(
      fc.property(someSummaries, someSummaries, someSummaries, (x, y, z) => {
        const [a, b, c] = [figuresOf(x), figuresOf(y), figuresOf(z)];
        expect(bytes(mergeDays(a, mergeDays(b, c)))).toBe(bytes(mergeDays(mergeDays(a, b), c)));
        expect(bytes(mergeDays(b, a))).toBe(bytes(mergeDays(a, b)));
        expect(bytes(mergeDays(a, NO_FIGURES))).toBe(bytes(a));
        expect(bytes(mergeDays(a))).toBe(bytes(a));
      }),
    );
  });

  it('merge section by section to the same', () => {
    fc.assert(
      fc.property(someSummaries, someSummaries, (x, y) => {
        const [a, b] = [figuresOf(x), figuresOf(y)];
        const whole = mergeDays(a, b);
        for (const section of FIGURES_SECTIONS) {
          expect(bytes(mergeSection(section, [a[section], b[section]]))).toBe(
            bytes(whole[section]),
          );
        }
      }),
    );
  });

  it('are whole numbers', () => {
    fc.assert(
      fc.property(someSummaries, (summaries) => {
        const leaves: unknown[] = [];
        JSON.stringify(figuresOf(summaries), (_, value: unknown) => {
          if (typeof value !== 'object') leaves.push(value);
          return value;
        });
        expect(leaves.filter((leaf) => !Number.isSafeInteger(leaf))).toEqual([]);
      }),
    );
  });

  it('leave the days that are merged alone', () => {
    fc.assert(
      fc.property(someSummaries, (summaries) => {
        const day = figuresOf(summaries);
        const before = bytes(day);
        mergeDays(day, day);
        expect(bytes(day)).toBe(before);
      }),
    );
  });
});

it('nothing is merged to no figures', () => {
  expect(bytes(mergeDays())).toBe(bytes(figuresOf([])));
  expect(mergeDays()).toEqual(NO_FIGURES);
});
