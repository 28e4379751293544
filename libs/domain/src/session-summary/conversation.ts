import { LIMITS, type JourneyEvent } from '@picasso/contracts';
import { BOUNDS, boundedId, firstCharacters } from './bounds.ts';
import { numberField, textField } from './fields.ts';

/** Response times from here on (one minute) are a client's fault, not an answer's. */
const RESPONSE_TIME_LIMIT_MS = 60_000;

/** The field that names a branch, by event type. */
const BRANCH_FIELDS = new Map([
  ['MESSAGE_RECEIVED', 'branch_id'],
  ['QA_COMPLETE', 'branch_id'],
  ['ACTION_CHIP_CLICKED', 'target_branch'],
]);

export interface ConversationFigures {
  message_count: number;
  user_message_count: number;
  bot_message_count: number;
  response_time_ms_sum: number;
  response_count: number;
  topics: string[];
  first_question: string | null;
}

/** What was said: messages, response times, topics, the first question. */
export function conversationFigures(ordered: readonly JourneyEvent[]): ConversationFigures {
  let sent = 0;
  let received = 0;
  let responseTimeSum = 0;
  let responses = 0;
  let firstQuestion: string | null = null;
  const topics = new Set<string>();

  for (const event of ordered) {
    if (event.event_type === 'MESSAGE_SENT') {
      if (sent === 0) firstQuestion = messageText(event);
      sent += 1;
    } else if (event.event_type === 'MESSAGE_RECEIVED') {
      received += 1;
      const ms = numberField(event, 'response_time_ms');
      if (ms !== null && ms > 0 && ms < RESPONSE_TIME_LIMIT_MS) {
        responseTimeSum += ms;
        responses += 1;
      }
    }
    const branchField = BRANCH_FIELDS.get(event.event_type);
    const branch = branchField === undefined ? null : textField(event, branchField);
    if (branch !== null && topics.size < BOUNDS.listEntries) topics.add(boundedId(branch));
  }

  return {
    message_count: sent + received,
    user_message_count: sent,
    bot_message_count: received,
    response_time_ms_sum: responseTimeSum,
    response_count: responses,
    topics: [...topics],
    first_question: firstQuestion,
  };
}

function messageText(event: JourneyEvent): string | null {
  const text = textField(event, 'content') ?? textField(event, 'content_preview');
  return text === null ? null : firstCharacters(text, LIMITS.questionLength);
}
