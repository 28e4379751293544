/** What a single session counts as: the same here, in lists behind a figure, and in filters. */
import type { FunnelStep, SessionSummary, StepCount } from '@picasso/contracts';

/** A page-view session: a visit to the site, and nothing else. */
export const isVisit = ({ kind }: Pick<SessionSummary, 'kind'>): boolean => kind === 'page_view';

/** A session with a MESSAGE_SENT. */
export const isConversation = (summary: Pick<SessionSummary, 'user_message_count'>): boolean =>
  summary.user_message_count > 0;

/** A session with the outcome form_completed. */
export const isCompleted = ({ outcome }: Pick<SessionSummary, 'outcome'>): boolean =>
  outcome === 'form_completed';

/**
 * The steps of the attribution funnel that a session took. A link was clicked or a form begun; who
 * completed a form has begun it, even if only the chat backend tells so.
 */
export function funnelFacts(summary: SessionSummary): Record<FunnelStep, boolean> {
  const completed = isCompleted(summary);
  return {
    opened: summary.opened,
    conversation: isConversation(summary),
    clicked:
      completed ||
      Object.keys(summary.clicks).some((item) => item.startsWith('link#')) ||
      Object.values(summary.forms).some(({ starts, completions }) => starts + completions > 0),
    completed,
  };
}

/**
 * Steps taken as counts: `nested` as long as no step before was left out, `later` from then on.
 *
 * @param steps in the funnel's order
 */
export function stepCounts<S extends string>(
  steps: readonly S[],
  taken: Readonly<Record<S, boolean>>,
): Record<S, StepCount> {
  let inOrder = true;
  const counts = steps.map((step): [S, StepCount] => {
    inOrder &&= taken[step];
    return [step, { later: Number(taken[step] && !inOrder), nested: Number(inOrder) }];
  });
  return Object.fromEntries(counts) as Record<S, StepCount>;
}
