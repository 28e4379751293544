import { LIMITS, type EventType, type JourneyEvent } from '@picasso/contracts';

/**
 * The code of each step in `path`. QA_COMPLETE has none: it tells the bot's answer a second time,
 * and journeys must not differ by whether a backend reports.
 */
export const PATH_CODES: Readonly<Record<Exclude<EventType, 'QA_COMPLETE'>, string>> = {
  PAGE_VIEW: 'PV',
  WIDGET_OPENED: 'WO',
  CONVERSATION_STARTED: 'CS',
  MESSAGE_SENT: 'MS',
  MESSAGE_RECEIVED: 'MR',
  ACTION_CHIP_CLICKED: 'AC',
  CTA_CLICKED: 'CC',
  LINK_CLICKED: 'LC',
  HELP_MENU_CLICKED: 'HC',
  SHOWCASE_CTA_CLICKED: 'SC',
  ITEMS_SHOWN: 'IS',
  FORM_VIEWED: 'FV',
  FORM_STARTED: 'FS',
  FORM_FIELD_SUBMITTED: 'FF',
  FORM_FIELD_REJECTED: 'FR',
  FORM_COMPLETED: 'FC',
  FORM_ABANDONED: 'FA',
  SCHEDULING_CHIP_CLICKED: 'DC',
  SCHEDULING_DAY_STRIP_ENGAGED: 'DS',
  SCHEDULING_TYPED_REFINEMENT: 'DT',
  SCHEDULING_TIME_TO_BOOKED: 'DB',
  WIDGET_CLOSED: 'WC',
  SESSION_ENDED: 'SE',
};

/** Types that this version does not know. */
const OTHER = 'XX';

const CODES: ReadonlyMap<string, string> = new Map(Object.entries(PATH_CODES));

/** The session's first 200 steps as codes; a step that repeats is kept as often as it happened. */
export function codedPath(ordered: readonly JourneyEvent[]): string[] {
  return ordered
    .filter((event) => event.event_type !== 'QA_COMPLETE')
    .slice(0, LIMITS.pathSteps)
    .map((event) => CODES.get(event.event_type) ?? OTHER);
}
