/**
 * The sums of real conversations against an independent computation, on one day and spread over
 * many. Where the data is not there these specs are skipped, and say so.
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Figures, JsonObject, SessionSummary } from '@picasso/contracts';
import {
  dialoguesPresent,
  dialogueSummary,
  readDialogues,
  readExpected,
  type Dialogue,
} from '../dialogues.fixture.ts';
import { stepTotal } from '../traffic/funnel.ts';
import { aggregateDay } from './aggregate-day.ts';
import { mergeDays } from './figures.ts';

const FIRST_DAY_MS = Date.UTC(2026, 6, 1);
const DAY_MS = 86_400_000;
const DAYS = 120;
const TENANTS = ['tn_care', 'tn_dine', 'tn_travel'];

const dayOf = (summary: SessionSummary): string => summary.started_at.slice(0, 10);

/** The figures of all days on which the sessions began. */
function figuresOf(summaries: readonly SessionSummary[]): Figures {
  const days = [...new Set(summaries.map(dayOf))];
  return mergeDays(
    ...days.map(
      (day) =>
        aggregateDay({
          tenant_hash: '',
          day,
          time_zone: 'UTC',
          summaries: summaries.filter((summary) => dayOf(summary) === day),
        }).figures,
    ),
  );
}

const mapValues = <A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

/** The figures under the data set's names. */
function asExpected(tenant: string, figures: Figures): JsonObject {
  const { totals, items, topics, sources, forms } = figures;
  return {
    tenant,
    sessions: totals.sessions,
    conversations: totals.conversations,
    messages: totals.messages,
    events: totals.events,
    outcomes: totals.outcomes,
    depth: totals.depth,
    duration_ms_sum: totals.duration_ms_sum,
    response_time_ms_sum: totals.response_time_ms_sum,
    response_count: totals.response_count,
    items: mapValues(items, ({ clicks }) => clicks),
    topics: mapValues(topics, ({ sessions, completed }) => [sessions, completed]),
    sources: Object.fromEntries(
      Object.entries(sources).flatMap(([source, media]) =>
        Object.entries(media).map(([medium, counts]) => [
          `${source}/${medium}`,
          [counts.sessions, stepTotal(counts, 'conversation'), stepTotal(counts, 'completed')],
        ]),
      ),
    ),
    forms: mapValues(forms, ({ views, starts, completions, abandons }) => ({
      ...{ views, starts, completions, abandons },
    })),
    bottlenecks: Object.fromEntries(
      Object.entries(forms).flatMap(([form, { bottlenecks }]) =>
        Object.entries(bottlenecks).map(([field, count]) => [`${form}#${field}`, count]),
      ),
    ),
  };
}

(dialoguesPresent ? describe : describe.skip)('the dialogues', () => {
  let dialogues: Dialogue[] = [];
  let expected: JsonObject[] = [];

  beforeAll(() => {
    dialogues = readDialogues();
    expected = readExpected().filter((line) => 'tenant' in line);
  });

  const of = (tenant: string): Dialogue[] =>
    dialogues.filter(({ tenant_hash }) => tenant_hash === tenant);
  const wanted = (tenant: string) => expected.find((line) => line.tenant === tenant);

  it('are of three tenants', () => {
    expect(expected.map(({ tenant }) => tenant)).toEqual(TENANTS);
  });

  it.each(TENANTS)(
    'of %s add up on one day',
    (tenant) => {
      const summaries = of(tenant).map((dialogue) => dialogueSummary(dialogue, FIRST_DAY_MS));
      expect(new Set(summaries.map(dayOf)).size).toBe(1);
      expect(asExpected(tenant, figuresOf(summaries))).toEqual(wanted(tenant));
    },
    60_000,
  );

  it.each(TENANTS)(
    'of %s add up over 120 days, to the same but for hours and days',
    (tenant) => {
      const oneDay = of(tenant).map((dialogue) => dialogueSummary(dialogue, FIRST_DAY_MS));
      const spread = of(tenant).map((dialogue, index) =>
        dialogueSummary(dialogue, FIRST_DAY_MS + (index % DAYS) * DAY_MS),
      );
      expect(new Set(spread.map(dayOf)).size).toBe(DAYS);
      const figures = figuresOf(spread);
      expect(asExpected(tenant, figures)).toEqual(wanted(tenant));
      const timeless = ({ totals, ...rest }: Figures) =>
        JSON.stringify({ ...rest, hours: {}, totals: { ...totals, heat: {}, after_hours: 0 } });
      expect(timeless(figures)).toBe(timeless(figuresOf(oneDay)));
    },
    60_000,
  );
});
