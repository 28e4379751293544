import type { Figures, FiguresSection } from '@picasso/contracts';
import {
  attributionFunnel,
  conversationCards,
  dayCount,
  depthDistribution,
  fieldBottlenecks,
  formCards,
  formFunnel,
  formRanking,
  heatMap,
  itemParts,
  linkRows,
  nameOf,
  outcomeShares,
  pathView,
  sourceInsight,
  sourceRows,
  topicRows,
  trafficCards,
  trendSeries,
  type FieldLookup,
  type PathView,
} from '@picasso/domain';
import type { Content } from 'pdfmake/interfaces.js';
import type { ReadFigures } from '../figures/figures.service.ts';
import type { Visits } from '../traffic/site-visits.ts';
import {
  bars,
  cards,
  columns,
  count,
  funnelBoxes,
  heading,
  heatTiles,
  nothing,
  percent,
  seconds,
  table,
} from './blocks.ts';

export const DASHBOARDS = ['conversations', 'attribution', 'forms', 'items', 'paths'] as const;
export type Dashboard = (typeof DASHBOARDS)[number];

export const TITLES: Record<Dashboard, string> = {
  conversations: 'Conversations',
  attribution: 'Attribution',
  forms: 'Forms',
  items: 'Items',
  paths: 'Paths',
};

/** The sections that any report may need. */
export const SECTIONS = [
  ...(['totals', 'hours', 'topics', 'sources', 'forms', 'items', 'names', 'paths'] as const),
] satisfies FiguresSection[];

export type ReportFigures = ReadFigures<(typeof SECTIONS)[number]>;

export interface ReportData extends ReportFigures {
  visits: Visits;
  visitsBefore: Visits | null;
  fields: FieldLookup;
  /** By item key, as the tenant configured them. */
  itemLabels: ReadonlyMap<string, string>;
}

/** Rows of a table in print; the API has all of them. */
const MOST = 15;

/** What is called otherwise on the console's pages than in events. */
const WORDS: Record<string, string> = {
  browsing: 'Only looked',
  cta_clicked: 'Button clicked',
  session_ended: 'Left the page',
  exit: 'The visit ended',
  other: 'Something else',
  action_chip: 'Suggestion',
  cta: 'Button',
  help_prompt: 'Help menu',
};

/** `form_completed`, `FORM_COMPLETED`: Form completed. */
function label(text: string): string {
  const name = /^[A-Z_]+$/.test(text) ? text.toLowerCase() : text;
  if (Object.hasOwn(WORDS, name)) return WORDS[name]!;
  return name.replace(/_/g, ' ').replace(/^./, (first) => first.toUpperCase());
}

function conversations({ current, before, range, tenant }: ReportData): Content[] {
  const { totals, hours, topics } = current;
  const figures = conversationCards(totals, before?.totals ?? null);
  const unit = dayCount(range) <= 2 ? 'hour' : 'day';
  const { cells, peak } = heatMap(totals);
  return [
    cards([
      { label: 'Conversations', figure: figures.conversations, format: count },
      { label: 'Messages', figure: figures.messages, format: count },
      {
        ...{ label: 'Average response', figure: figures.average_response_ms, format: seconds },
        rise: 'bad',
      },
      { label: 'After hours', figure: figures.after_hours_share, format: percent, rise: 'neither' },
    ]),
    heading(`Conversations by ${unit}`),
    columns(
      trendSeries(hours, range, unit, tenant.time_zone).map((point) => ({
        at: point.at,
        value: point.conversations,
      })),
    ),
    heading('When conversations begin', peak ? `Busiest: ${peak.name}` : undefined),
    heatTiles(cells),
    heading('What sessions came to'),
    bars(
      outcomeShares(totals).map(({ outcome, sessions, share }) => ({
        label: label(outcome),
        value: sessions,
        text: `${count(sessions)}  (${percent(share)})`,
      })),
    ),
    heading('Topics', 'By conversations; rate: forms completed ÷ conversations'),
    table(
      ['Topic', '>Conversations', '>Completions', '>Rate'],
      topicRows(topics)
        .slice(0, MOST)
        .map((row) => [
          label(row.topic),
          count(row.conversations),
          count(row.completions),
          percent(row.rate),
        ]),
      ['*', 90, 80, 60],
    ),
    heading('Messages per session'),
    bars(
      depthBands(current).map(([band, sessions]) => ({
        label: band,
        value: sessions,
        text: count(sessions),
      })),
    ),
  ];
}

const BANDS: [string, number][] = [
  ['none', 0],
  ['1 or 2', 2],
  ['3 to 5', 5],
  ['6 to 10', 10],
  ['11 to 20', 20],
  ['more than 20', Infinity],
];

function depthBands({ totals }: Pick<Figures, 'totals'>): [string, number][] {
  const depth = depthDistribution(totals);
  return BANDS.map(([name, to], index) => {
    const from = BANDS[index - 1]?.[1] ?? -1;
    const within = depth.filter(({ messages }) => messages > from && messages <= to);
    return [name, within.reduce((sum, { sessions }) => sum + sessions, 0)];
  });
}

function attribution({ current, before, tenant, visits, visitsBefore }: ReportData): Content[] {
  const comparable = before !== null && (visits.site === null) === (visitsBefore?.site == null);
  const figures = trafficCards(
    { ...current, site_visits: visits.site },
    comparable ? { ...before, site_visits: visitsBefore?.site ?? null } : null,
    tenant.goal_values ?? {},
  );
  const insight = sourceInsight(current.sources);
  const money = (value: number | null): string => `${count(value)} ${tenant.currency ?? ''}`.trim();
  return [
    cards([
      { label: 'Site visits', figure: figures.visits, format: count },
      { label: 'Engagement', figure: figures.engagement_rate, format: percent },
      { label: 'Form conversions', figure: figures.conversions, format: count },
      ...(figures.estimated_value
        ? [
            {
              ...{ label: 'Estimated value', figure: figures.estimated_value, format: money },
              filled: true,
            },
          ]
        : []),
    ]),
    heading('From visit to completed form', visitsNote(visits)),
    funnelBoxes(attributionFunnel(current.sources, visits.site)),
    heading('Sources', insight?.sentence),
    table(
      ['Source', 'Medium', '>Visits', '>Opened', '>Conversations', '>Completions', '>Rate'],
      sourceRows(current.sources, visits.site)
        .slice(0, MOST)
        .map((row) => [
          ...[row.source, row.medium, count(row.visits), count(row.opened)],
          ...[count(row.conversations), count(row.completions), percent(row.rate)],
        ]),
      ['*', '*', 50, 50, 75, 70, 50],
    ),
    heading('Links', 'Click-through: clicks ÷ times shown, or ÷ conversations (*)'),
    table(
      ['Link', 'Category', '>Clicks', '>Click-through'],
      linkRows(current.items, current.names, current.totals.conversations)
        .slice(0, MOST)
        .map((row) => [
          ...[row.label ?? row.url, row.category, count(row.clicks)],
          percent(row.ctr) + (row.ctr_basis === 'conversations' ? '*' : ''),
        ]),
      ['*', 90, 60, 80],
    ),
  ];
}

const visitsNote = ({ from, complete_until, matched_share }: Visits): string =>
  from === 'site_traffic'
    ? `Visits: web analytics, final up to ${complete_until ?? 'no day yet'}; ${percent(matched_share)} of sessions matched`
    : from === 'page_views'
      ? 'Visits: page views that the widget saw'
      : 'Visits are not counted here: the widget’s opening begins the funnel';

function forms({ current, before, fields }: ReportData): Content[] {
  const figures = formCards(current.forms, before?.forms ?? null);
  return [
    cards([
      { label: 'Form views', figure: figures.views, format: count },
      { label: 'Completions', figure: figures.completions, format: count },
      {
        label: 'Average time',
        figure: figures.average_completion_ms,
        format: seconds,
        rise: 'bad',
      },
      { label: 'Abandon rate', figure: figures.abandon_rate, format: percent, rise: 'bad' },
    ]),
    heading('Views, starts, completions', 'In brackets: of the sessions of the step before'),
    bars(
      formFunnel(current.forms).map(({ step, events, pass_through }) => ({
        label: label(step),
        value: events,
        text: `${count(events)}${pass_through === null ? '' : `  (${percent(pass_through)})`}`,
      })),
    ),
    heading('Where forms are left'),
    table(
      ['Form', 'Field', '>Abandons', '>Share', 'What may help'],
      fieldBottlenecks(current.forms, current.names, undefined, fields)
        .slice(0, MOST)
        .map((row) => [
          row.form_label ?? row.form_id,
          row.field_label ?? row.field_id ?? 'before any field',
          ...[count(row.abandons), percent(row.share), row.advice?.advice ?? ''],
        ]),
      [90, 90, 50, 45, '*'],
    ),
    heading('Forms by conversion'),
    table(
      ['Form', '>Views', '>Starts', '>Completions', '>Rate', 'Trend'],
      formRanking(current.forms, before?.forms ?? null, current.names)
        .slice(0, MOST)
        .map((row) => [
          ...[row.label ?? row.form_id, count(row.views), count(row.starts)],
          ...[count(row.completions), percent(row.rate.value), row.trend],
        ]),
      ['*', 60, 60, 80, 60, 50],
    ),
  ];
}

function items({ current, itemLabels }: ReportData): Content[] {
  const { names } = current;
  const nameIn = (key: string): string => {
    const known = nameOf(names, key, 'label') ?? itemLabels.get(key);
    const { type, id } = itemParts(key);
    return known ?? (type === 'help_prompt' ? `Prompt ${Number(id) + 1}` : id);
  };
  const clicked = Object.entries(current.items)
    .filter(([, { clicks }]) => clicks > 0)
    .sort(([, a], [, b]) => b.clicks - a.clicks);
  return [
    heading('Most clicked'),
    clicked.length === 0
      ? nothing()
      : bars(
          clicked.slice(0, MOST).map(([key, { clicks }]) => ({
            label: nameIn(key),
            value: clicks,
            text: `${count(clicks)}  ${label(itemParts(key).type)}`,
          })),
        ),
  ];
}

/** How the path views' sequences are read: a row for each, the commonest first. */
const ways = (view: PathView, steps: (steps: string[]) => string[]): Content =>
  table(
    ['Steps', '>Sessions', '>Completed'],
    view.sequences.map((way) => [
      steps(way.steps).map(label).join('  ›  '),
      ...[count(way.sessions), percent(way.completed / way.sessions)],
    ]),
    ['*', 60, 60],
  );

function paths({ current }: ReportData): Content[] {
  const query = { direction: 'next', depth: 4, branches: MOST, sequences: MOST } as const;
  const begin = pathView(current.paths, { ...query, step: null });
  const goal = { ...query, step: 'FORM_COMPLETED', direction: 'before' } as const;
  const before = pathView(current.paths, goal);
  const steps = new Set(begin.levels.flatMap((level) => level.map(({ step }) => step)));
  return [
    heading('How sessions begin', `The first step of ${count(begin.sessions)} sessions`),
    bars(
      begin.branches.map(({ step, sessions, share }) => ({
        ...{ label: label(step), value: sessions },
        text: `${count(sessions)}  (${percent(share)})`,
      })),
    ),
    heading('Where they were after so many steps', 'Every column adds up to all sessions'),
    table(
      ['Step', ...begin.levels.map((_, index) => `>${index + 1}`)],
      [...steps].map((step) => [
        label(step),
        ...begin.levels.map((level) => count(level.find((at) => at.step === step)?.sessions ?? 0)),
      ]),
      ['*', ...begin.levels.map(() => 60)],
    ),
    heading('The commonest ways through', 'The first four steps; the rows add up to all sessions'),
    ways(begin, (names) => names),
    heading('What leads to a completed form', 'The last four steps before the first one'),
    ways(before, (names) => names.toReversed()),
  ];
}

/** What each report shows, in its order. */
export const CONTENT: Record<Dashboard, (data: ReportData) => Content[]> = {
  ...{ conversations, attribution, forms, items, paths },
};
