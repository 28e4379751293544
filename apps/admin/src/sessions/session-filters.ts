import type { Params } from '@angular/router';
import type { SessionsListData } from '../api/generated/index.ts';
import { clock, day, hourOfDay, readable, weekdayName } from '../ui/format.ts';
import { rangeFromParams, rangeToQuery, type Range } from '../ui/range.ts';
import { toOutcome, type Outcome } from '../figures/outcomes.ts';
import { stepName } from '../paths/view.ts';

type Query = NonNullable<SessionsListData['query']>;

/** What the list shows; all of it lives in the address. */
export interface SessionFilters {
  range: Range;
  outcome: Outcome | undefined;
  /** What a reader is looking for, in any session's words. */
  text: string | undefined;
  cursor: string | undefined;
  /** The other filters of the API, under its names: links from figures bring them along. */
  more: Record<string, string>;
}

export const PAGE_SIZE = 25;
const BLOCK_HOURS = 3;

/** Filters that the address may carry and what each of them says to people. */
const MORE: Partial<Record<keyof Query, (value: string, timeZone: string) => string>> = {
  traffic: (value) => value,
  kind: (value) => (value === 'page_view' ? 'Page views only' : 'Sessions only'),
  state: (value) => (value === 'open' ? 'Still open' : 'Ended'),
  topic: (value) => `Topic: ${readable(value)}`,
  source: (value) => `Source: ${value}`,
  medium: (value) => `Medium: ${value}`,
  question: () => 'One first question',
  conversation: (value) => (value === 'true' ? 'With a message' : 'Without a message'),
  messages: (value) => (value === '1' ? '1 message' : `${value} messages`),
  after_hours: (value) => (value === 'true' ? 'After hours' : 'In office hours'),
  heat: heatText,
  hour: hourText,
  step: (value) => `Step: ${readable(value)}`,
  in_order: () => 'In order',
  item: (value) => `Clicked: ${itemText(value)}`,
  shown: (value) => `Shown: ${itemText(value)}`,
  form: (value) => `Form: ${readable(value)}`,
  form_step: (value) => `Form ${value}`,
  field: (value) => `Field: ${readable(value)}`,
  path_step: (value) => `Did: ${stepName(value)}`,
  path_next: (value) => `Then: ${wayText(value)}`,
  path_before: (value) => `Before that: ${wayText(value)}`,
};

/** Ways of a path view: `A,!B!C;D` is A and then neither B nor C, or D; `~` before all, none of them. */
function wayText(value: string): string {
  if (value.startsWith('~')) return 'none of the commonest ways';
  const ways = value.split(';').map((way) => way.split(',').map(wayStep));
  const [first = []] = ways;
  return ways.length === 1 ? first.join(' › ') : `${first.at(-1)}, in ${ways.length} ways`;
}

const wayStep = (step: string): string => stepName(step.startsWith('!') ? 'other' : step);

const itemText = (key: string): string =>
  key.slice(key.indexOf('#') + 1).replace(/^https?:\/\//, '');

/** `2026-11-22T15-06:00`: an hour with its offset, which dates are not read from as it stands. */
function hourText(value: string, timeZone: string): string {
  const at = value.replace(/T\d\d(?=[+-])/, '$&:00');
  if (Number.isNaN(Date.parse(at))) return value;
  return `${day(at, timeZone)}, ${clock(at, timeZone)}`;
}

/** "2-4": Tuesday, the three hours from 12 o'clock on. */
function heatText(value: string): string {
  const [, weekday, block] = /^([1-7])-([0-7])$/.exec(value) ?? [];
  if (weekday === undefined) return value;
  const hour = Number(block) * BLOCK_HOURS;
  return `${weekdayName(Number(weekday))}, ${hourOfDay(hour)}–${hourOfDay((hour + BLOCK_HOURS) % 24)}`;
}

export function filtersFromParams(params: Params): SessionFilters {
  const given = params as Record<string, string | undefined>;
  return {
    range: rangeFromParams(params),
    outcome: toOutcome(given['outcome']),
    text: given['text'] || undefined,
    cursor: given['cursor'] || undefined,
    more: Object.fromEntries(
      Object.keys(MORE).flatMap((name) => (given[name] ? [[name, given[name]]] : [])),
    ),
  };
}

export const filtersToQuery = ({ range, outcome, text, cursor, more }: SessionFilters): Query => ({
  ...rangeToQuery(range),
  ...(more as Query),
  outcome,
  text,
  cursor,
  limit: PAGE_SIZE,
});

export interface ActiveFilter {
  name: string;
  words: string;
}

/** Filters that have a field of their own on the page. */
const CHOSEN = ['topic', 'source', 'traffic'];

/** What is filtered besides that and range, outcome and text. */
export const activeFilters = ({ more }: SessionFilters, timeZone: string): ActiveFilter[] =>
  Object.entries(more)
    .filter(([name]) => !CHOSEN.includes(name))
    .map(([name, value]) => ({
      name,
      words: MORE[name as keyof Query]?.(value, timeZone) ?? value,
    }));

export interface Choice {
  name: string;
  label: string;
  /** What it says while nothing is chosen. */
  all: string;
  value: string | undefined;
  options: { value: string; label: string }[];
}

const TRAFFIC = [
  { value: 'visitor', label: 'Visitors' },
  { value: 'bot', label: 'Bots' },
  { value: 'own', label: 'Own traffic' },
];

/** The fields to choose a filter from; what the address names can always be seen in them. */
export function choices(
  { more }: SessionFilters,
  known: { topics: readonly string[]; sources: readonly string[] },
): Choice[] {
  const options = (values: readonly string[], chosen: string | undefined): Choice['options'] =>
    [...new Set([...values, ...(chosen === undefined ? [] : [chosen])])].map((value) => ({
      value,
      label: value.includes('.') ? value : readable(value),
    }));
  const { topic, source, traffic } = more;
  return [
    {
      ...{ name: 'topic', label: 'Topic', all: 'All topics', value: topic },
      options: options(known.topics, topic),
    },
    {
      ...{ name: 'source', label: 'Source', all: 'All sources', value: source },
      options: options(known.sources, source),
    },
    {
      ...{ name: 'traffic', label: 'Traffic', all: 'All traffic', value: traffic },
      options: TRAFFIC,
    },
  ];
}
