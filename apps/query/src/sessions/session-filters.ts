import type { Figures, FunnelStep, SessionSummary, Tenant } from '@picasso/contracts';
import { FUNNEL_STEPS } from '@picasso/contracts';
import {
  aggregateDay,
  funnelFacts,
  isConversation,
  localDay,
  normaliseQuestion,
  PATH_CODES,
  questionId,
  tookWays,
} from '@picasso/domain';

/** What sessions are picked by: enough to name the sessions behind every figure of the API. */
export interface SessionFilters {
  outcome?: SessionSummary['outcome'] | undefined;
  kind?: SessionSummary['kind'] | undefined;
  traffic?: SessionSummary['traffic'] | undefined;
  state?: 'open' | 'closed' | undefined;
  topic?: string | undefined;
  source?: string | undefined;
  medium?: string | undefined;
  /** In the first question, in any case. */
  text?: string | undefined;
  /** Id of a group of first questions. */
  question?: string | undefined;
  conversation?: boolean | undefined;
  messages?: number | undefined;
  after_hours?: boolean | undefined;
  /** `{ISO weekday}-{three-hour block from 0}` of the start, conversations only. */
  heat?: string | undefined;
  /** Local hour of the start with its offset. */
  hour?: string | undefined;
  /** Step of the attribution funnel. */
  step?: FunnelStep | undefined;
  /** With `step`: whether all steps before it were taken. */
  in_order?: boolean | undefined;
  /** Key of an item that was clicked. */
  item?: string | undefined;
  /** Key of an item that was shown. */
  shown?: string | undefined;
  form?: string | undefined;
  form_step?: 'viewed' | 'started' | 'completed' | 'abandoned' | undefined;
  /** With `form`: abandons charged to this field; empty: to none. */
  field?: string | undefined;
  /** Event type of a step. */
  path_step?: string | undefined;
  /** `PathWays` of a path view: what followed `path_step`, or the session's start. */
  path_next?: string | undefined;
  /** The same, looking back from `path_step`. */
  path_before?: string | undefined;
}

type Rule = (summary: SessionSummary) => boolean;
type Zone = Pick<Tenant, 'time_zone' | 'office_hours'>;

const FORM_COUNT = {
  viewed: 'views',
  started: 'starts',
  completed: 'completions',
  abandoned: 'abandons',
} as const;

/** One predicate for all filters that no index answers; undefined where there is none. */
export function sessionPredicate(filters: SessionFilters, tenant: Zone): Rule | undefined {
  const rules = rulesOf(filters, tenant);
  return rules.length === 0 ? undefined : (summary) => rules.every((rule) => rule(summary));
}

function rulesOf(filters: SessionFilters, tenant: Zone): Rule[] {
  const rules: Rule[] = [];
  const add = <T>(value: T | undefined, rule: (value: T, summary: SessionSummary) => boolean) => {
    if (value !== undefined) rules.push((summary) => rule(value, summary));
  };
  add(filters.traffic, (traffic, summary) => summary.traffic === traffic);
  add(filters.state, (state, { closed_by }) => (closed_by === null) === (state === 'open'));
  add(filters.topic, (topic, { topics }) => topics.includes(topic));
  add(filters.source, (source, { attribution }) => attribution.source === source);
  add(filters.medium, (medium, { attribution }) => attribution.medium === medium);
  add(filters.text && fold(filters.text), (text, { first_question }) =>
    fold(first_question ?? '').includes(text),
  );
  add(
    filters.question,
    (id, { first_question }) =>
      first_question !== null && questionId(normaliseQuestion(first_question)) === id,
  );
  add(filters.conversation, (wanted, summary) => isConversation(summary) === wanted);
  add(filters.messages, (messages, { message_count }) => message_count === messages);
  add(filters.item, (item, { clicks }) => Object.hasOwn(clicks, item));
  add(filters.shown, (item, { shown }) => Object.hasOwn(shown, item));
  add(filters.step, (step, summary) => tookStep(summary, step, filters.in_order));
  const { form, form_step, field } = filters;
  if (form !== undefined || form_step !== undefined)
    rules.push(({ forms }) =>
      Object.entries(forms).some(
        ([id, counts]) =>
          (form === undefined || id === form) &&
          (form_step === undefined || counts[FORM_COUNT[form_step]] > 0),
      ),
    );
  add(field, (wanted, { bottlenecks }) =>
    bottlenecks.some(([id, at]) => (form === undefined || id === form) && (at ?? '') === wanted),
  );
  const codes: Readonly<Record<string, string>> = PATH_CODES;
  add(filters.path_step, (step, { path }) =>
    path.includes(Object.hasOwn(codes, step) ? (codes[step] as string) : step),
  );
  const step = filters.path_step ?? null;
  const { path_next, path_before } = filters;
  if (path_next !== undefined) rules.push(tookWays({ step, direction: 'next' }, path_next));
  if (path_before !== undefined) rules.push(tookWays({ step, direction: 'before' }, path_before));
  add(filters.after_hours, (wanted, summary) => {
    const { after_hours } = figuresOf(summary, tenant).totals;
    return wanted ? after_hours > 0 : after_hours === 0;
  });
  add(filters.heat, (cell, summary) => cell in figuresOf(summary, tenant).totals.heat);
  add(filters.hour, (hour, summary) => hour in figuresOf(summary, tenant).hours);
  return rules;
}

/** What the session alone adds to its day: where a figure's definition is not repeated here. */
const figuresOf = (summary: SessionSummary, { time_zone, office_hours }: Zone): Figures =>
  aggregateDay({
    tenant_hash: summary.tenant_hash,
    day: localDay(Date.parse(summary.started_at), time_zone),
    summaries: [summary],
    include_open: true,
    ...{ time_zone, office_hours },
  }).figures;

function tookStep(
  summary: SessionSummary,
  step: FunnelStep,
  inOrder: boolean | undefined,
): boolean {
  const facts = funnelFacts(summary);
  if (!facts[step] || inOrder === undefined) return facts[step];
  const before = FUNNEL_STEPS.slice(0, FUNNEL_STEPS.indexOf(step));
  return before.every((earlier) => facts[earlier]) === inOrder;
}

const fold = (text: string): string => text.normalize('NFKC').toLowerCase();
