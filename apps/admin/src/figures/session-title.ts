import type { SessionSummaryDto } from '../api/generated/index.ts';
import { readable } from '../ui/format.ts';

/** Longer silence ends a session, whether or not that has been noticed yet. */
const LIVE_MS = 30 * 60_000;

export const isLive = (
  { closed_by, ended_at }: Pick<SessionSummaryDto, 'closed_by' | 'ended_at'>,
  now: number,
): boolean => closed_by === null && now - Date.parse(ended_at) < LIVE_MS;

export interface SessionTitle {
  text: string;
  /** The visitor's own words, not ours. */
  isQuoted: boolean;
}

type Titled = Pick<
  SessionSummaryDto,
  'first_question' | 'user_message_count' | 'message_count' | 'topics'
>;

/** The first question; without one (or for readers who may not see it) what the session was about. */
export function rowTitle(session: Titled): SessionTitle {
  const { first_question, user_message_count, message_count, topics } = session;
  if (first_question) return { text: first_question, isQuoted: true };
  const about = topics[0] === undefined ? '' : ` about ${readable(topics[0]).toLowerCase()}`;
  if (user_message_count > 0) return { text: `A conversation${about}`, isQuoted: false };
  if (message_count > 0) return { text: `Suggestions${about}`, isQuoted: false };
  return { text: 'A visit without a question', isQuoted: false };
}
