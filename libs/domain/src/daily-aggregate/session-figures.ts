import {
  FORM_STEPS,
  FUNNEL_STEPS,
  LIMITS,
  type Figures,
  type FormDayCounts,
  type ItemCounts,
  type OtherTraffic,
  type SessionSummary,
} from '@picasso/contracts';
import { pathFigures } from '../paths/path-figures.ts';
import { normaliseQuestion, questionId, questionKey } from '../questions/normalise-question.ts';
import type { LocalHour } from '../ranges/local-time.ts';
import type { OfficeMinutes } from './office-hours.ts';
import { isOfficeTime } from './office-hours.ts';
import { sketchOf } from './quantile-sketch.ts';
import { funnelFacts, isCompleted, isConversation, isVisit, stepCounts } from './session-facts.ts';

/** Any part of a tree of counts; what is left out is 0. */
export type Partly<T> = T extends number | readonly unknown[]
  ? T
  : { [K in keyof T]?: Partly<T[K]> };

/** What one session adds to the figures of its day. */
export function sessionFigures(
  summary: SessionSummary,
  hour: LocalHour,
  office: OfficeMinutes,
): Partly<Figures> {
  if (summary.traffic !== 'visitor')
    return { other_traffic: { [summary.traffic]: otherTraffic(summary) } };
  const { source, medium } = summary.attribution;
  const visit = isVisit(summary);
  const conversation = Number(isConversation(summary));
  const completed = Number(isCompleted(summary));
  const steps = stepCounts(
    FUNNEL_STEPS,
    visit
      ? { opened: false, conversation: false, clicked: false, completed: false }
      : funnelFacts(summary),
  );
  const shared: Partly<Figures> = {
    hours: {
      [hour.key]: {
        visits: Number(visit),
        sessions: Number(!visit),
        opened: Number(!visit && summary.opened),
        conversations: visit ? 0 : conversation,
        messages: visit ? 0 : summary.message_count,
        completed: visit ? 0 : completed,
      },
    },
    sources: {
      [source]: {
        [medium]: { visits: Number(visit), sessions: Number(!visit), funnel: steps },
      },
    },
  };
  if (visit) return { ...shared, totals: { visits: 1 } };
  const question = summary.first_question;
  return {
    ...shared,
    totals: totals(summary, hour, office),
    topics: Object.fromEntries(
      summary.topics.map((topic) => [
        topic,
        { sessions: 1, conversations: conversation, completed },
      ]),
    ),
    question_counts: question === null ? {} : { [questionId(normaliseQuestion(question))]: 1 },
    questions: question === null ? {} : { [questionKey(question)]: 1 },
    items: itemCounts(summary),
    forms: formCounts(summary),
    names: nameCounts(summary),
    paths: pathFigures(summary),
  };
}

function otherTraffic(summary: SessionSummary): OtherTraffic {
  const visit = isVisit(summary);
  return {
    visits: Number(visit),
    sessions: Number(!visit),
    conversations: Number(!visit && isConversation(summary)),
    messages: visit ? 0 : summary.message_count,
    events: summary.event_count,
  };
}

function totals(
  summary: SessionSummary,
  hour: LocalHour,
  office: OfficeMinutes,
): Partly<Figures['totals']> {
  const conversation = isConversation(summary);
  const startedMs = Date.parse(summary.started_at);
  const durationMs = wholeMs(summary.duration_ms, LIMITS.sessionMs);
  return {
    sessions: 1,
    open_sessions: Number(summary.closed_by === null),
    opened: Number(summary.opened),
    conversations: Number(conversation),
    after_hours: Number(conversation && !isOfficeTime(startedMs, hour, office)),
    messages: summary.message_count,
    user_messages: summary.user_message_count,
    bot_messages: summary.bot_message_count,
    events: summary.event_count,
    missing: summary.missing ?? 0,
    numbered_sessions: Number(summary.missing !== null),
    duration_ms_sum: durationMs,
    response_time_ms_sum: wholeMs(summary.response_time_ms_sum),
    response_count: summary.response_count,
    outcomes: { [summary.outcome]: 1 },
    depth: { [summary.message_count]: 1 },
    durations: sketchOf(durationMs),
    heat: conversation ? { [`${hour.weekday}-${Math.floor(hour.hour / 3)}`]: 1 } : {},
  };
}

function itemCounts({ clicks, shown }: SessionSummary): Record<string, ItemCounts> {
  const keys = new Set([...Object.keys(clicks), ...Object.keys(shown)]);
  const count = (counts: Record<string, number>, key: string): number =>
    Object.hasOwn(counts, key) ? (counts[key] ?? 0) : 0;
  return Object.fromEntries(
    [...keys].map((key) => {
      const clicked = count(clicks, key);
      return [key, { clicks: clicked, shown: count(shown, key), sessions: Number(clicked > 0) }];
    }),
  );
}

function formCounts(summary: SessionSummary): Record<string, FormDayCounts> {
  const closed = summary.closed_by !== null;
  return Object.fromEntries(
    Object.entries(summary.forms).map(([form, counts]) => {
      const { views, starts, completions, abandons } = counts;
      const charges = summary.bottlenecks.filter(([id]) => id === form);
      return [
        form,
        {
          views,
          starts,
          completions,
          abandons,
          closed_starts: closed ? starts : 0,
          closed_abandons: closed ? abandons : 0,
          duration_ms_sum: wholeMs(counts.duration_ms_sum, completions * LIMITS.sessionMs),
          funnel: stepCounts(FORM_STEPS, {
            viewed: views > 0,
            started: starts > 0,
            completed: completions > 0,
          }),
          bottlenecks: Object.fromEntries(charges.map(([, field, n]) => [field ?? '', n])),
        },
      ];
    }),
  );
}

function nameCounts({ labels = {} }: SessionSummary): Partly<Figures['names']> {
  const once = (text: string | undefined) => (text === undefined ? {} : { [text]: 1 });
  return Object.fromEntries(
    Object.entries(labels).map(([key, { label, category, kind }]) => [
      key,
      { label: once(label), category: once(category), kind: once(kind) },
    ]),
  );
}

/**
 * Whole milliseconds, so that sums come out the same in any order; a client's fraction is rounded
 * once per session. Times that no session can have taken are cut: sums stay exact.
 */
function wholeMs(ms: number, limit = Number.MAX_SAFE_INTEGER): number {
  return Math.min(Math.max(0, Math.round(ms)), limit);
}
