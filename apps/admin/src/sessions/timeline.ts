import type { JourneyDto, JourneyStepDto, SequenceGapDto } from '../api/generated/index.ts';
import { readable } from '../ui/format.ts';
import { isFormStep, openAttempt, type FormAttempt } from './form-attempt.ts';

/** A journey as people read it. Times are epoch milliseconds, corrected by the session's skew. */
export type TimelineEntry =
  | {
      kind: 'message';
      key: string;
      at: number;
      from: 'visitor' | 'assistant';
      text: string | null;
      length: number | null;
      responseMs: number | null;
      topic: string | null;
      offered: string[];
      isFallback: boolean;
      toldBy: 'page' | 'backend';
    }
  | {
      kind: 'action';
      key: string;
      at: number;
      action: ActionKind;
      title: string;
      detail: string | null;
    }
  | { kind: 'form'; key: string; at: number; attempt: FormAttempt }
  | { kind: 'pause'; key: string; ms: number }
  | { kind: 'lost'; key: string; events: number };

export type ActionKind =
  'opened' | 'closed' | 'page' | 'click' | 'link' | 'help' | 'schedule' | 'other';
type MessageEntry = Extract<TimelineEntry, { kind: 'message' }>;

/** Silence that is worth a word. */
export const PAUSE_MS = 60_000;

export function timeline({ session, steps, gaps }: JourneyDto): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  let lastAt: number | undefined;
  let form: FormAttempt | undefined;
  const lost = new LostEvents(gaps);

  for (const step of steps) {
    const at = Date.parse(step.timestamp) + session.skew_ms;
    const missing = lost.before(step.sequence_number);
    if (missing > 0) entries.push({ kind: 'lost', key: `lost-${step.event_id}`, events: missing });
    if (lastAt !== undefined && at - lastAt >= PAUSE_MS)
      entries.push({ kind: 'pause', key: `pause-${step.event_id}`, ms: at - lastAt });
    lastAt = Math.max(at, lastAt ?? at);

    if (isFormStep(step)) {
      if (!form?.takes(step)) {
        form = openAttempt(step);
        entries.push({ kind: 'form', key: step.event_id, at, attempt: form });
      }
      form.add(step, at);
      continue;
    }
    if (joinsAnswer(step, at, entries)) continue;
    const entry = messageOf(step, at) ?? actionOf(step, at);
    if (entry) entries.push(entry);
  }
  const rest = lost.rest();
  if (rest > 0) entries.push({ kind: 'lost', key: 'lost-end', events: rest });
  return entries;
}

/** Gaps in the sequence numbers, handed out at the place where the events should have been. */
class LostEvents {
  private readonly gaps: SequenceGapDto[];

  constructor(gaps: readonly SequenceGapDto[]) {
    this.gaps = [...gaps].sort((a, b) => a.after_sequence - b.after_sequence);
  }

  before(sequence: number | null): number {
    let events = 0;
    while (sequence !== null && this.gaps[0] && this.gaps[0].after_sequence < sequence)
      events += this.gaps.shift()!.missing;
    return events;
  }

  rest(): number {
    return this.gaps.splice(0).reduce((sum, { missing }) => sum + missing, 0);
  }
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null;
const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

const itemName = (item: unknown): string | null => {
  if (typeof item === 'string') return readable(item);
  if (typeof item !== 'object' || item === null) return null;
  const { label, id } = item as { label?: unknown; id?: unknown };
  return textOf(label) ?? (textOf(id) === null ? null : readable(id as string));
};

const offeredIn = (list: unknown): string[] =>
  Array.isArray(list) ? list.map(itemName).filter((name) => name !== null) : [];

function messageOf(
  { event_type, event_id: key, payload }: JourneyStepDto,
  at: number,
): MessageEntry | undefined {
  const from = event_type === 'MESSAGE_SENT' ? 'visitor' : 'assistant';
  const shared = { kind: 'message', key, at, from, topic: textOf(payload['branch_id']) } as const;
  switch (event_type) {
    case 'MESSAGE_SENT':
    case 'MESSAGE_RECEIVED':
      return {
        ...shared,
        text: textOf(payload['content']) ?? textOf(payload['content_preview']),
        length: numberOf(payload['content_length']),
        responseMs: numberOf(payload['response_time_ms']),
        offered: offeredIn(payload['ctas_shown']),
        isFallback: false,
        toldBy: 'page',
      };
    case 'QA_COMPLETE':
      return {
        ...shared,
        text: textOf(payload['answer']),
        length: null,
        responseMs: numberOf(payload['response_time_ms']),
        offered: [],
        isFallback: payload['routing_tier'] === 'fallback',
        toldBy: 'backend',
      };
    default:
      return undefined;
  }
}

/**
 * The page and the chat backend both tell of an answer: two events, one bubble. Which comes first
 * is a matter of the network, and clicks may come in between.
 */
function joinsAnswer(step: JourneyStepDto, at: number, entries: TimelineEntry[]): boolean {
  // The buttons that were shown stand in the answer already.
  if (step.event_type === 'ITEMS_SHOWN') return true;
  const here = messageOf(step, at);
  if (here?.from !== 'assistant') return false;
  const place = entries.findLastIndex(({ kind }) => kind === 'message');
  const told = entries[place];
  if (told?.kind !== 'message' || told.from !== 'assistant') return false;
  if (told.toldBy === here.toldBy || told.text !== here.text) return false;
  const [page, backend] = here.toldBy === 'page' ? [here, told] : [told, here];
  entries[place] = { ...page, isFallback: backend.isFallback };
  return true;
}

function actionOf(step: JourneyStepDto, at: number): TimelineEntry | undefined {
  const { event_type, event_id: key, payload } = step;
  const named = (...keys: string[]): string | null =>
    keys.map((name) => textOf(payload[name])).find((name) => name !== null) ?? null;
  const action = (
    kind: ActionKind,
    title: string,
    detail: string | null = null,
  ): TimelineEntry => ({
    kind: 'action',
    key,
    at,
    action: kind,
    title,
    detail,
  });
  switch (event_type) {
    case 'PAGE_VIEW':
      return action('page', 'Viewed a page', named('path'));
    case 'WIDGET_OPENED':
      return action('opened', 'Opened the widget', openedBy(named('trigger')));
    case 'CONVERSATION_STARTED':
      return undefined;
    case 'ACTION_CHIP_CLICKED':
      return action('click', 'Chose a suggestion', named('chip_label', 'chip_id'));
    case 'CTA_CLICKED':
      return action('click', 'Clicked a button', named('cta_label', 'cta_id'));
    case 'LINK_CLICKED':
      return action('link', 'Followed a link', named('label', 'link_text', 'url'));
    case 'HELP_MENU_CLICKED':
      return action('help', 'Asked from the help menu', named('prompt_text'));
    case 'SHOWCASE_CTA_CLICKED':
      return action('click', 'Clicked in a showcase', named('showcase_id'));
    case 'WIDGET_CLOSED':
      return action('closed', 'Closed the widget');
    case 'SESSION_ENDED':
      return action('closed', payload['reason'] === 'timeout' ? 'Went silent' : 'Left the page');
    default:
      return event_type.startsWith('SCHEDULING_')
        ? action('schedule', readable(event_type.toLowerCase()))
        : action('other', readable(event_type.toLowerCase()));
  }
}

function openedBy(trigger: string | null): string | null {
  if (trigger === 'auto') return 'it opened by itself';
  return trigger === null ? null : `by its ${trigger}`;
}
