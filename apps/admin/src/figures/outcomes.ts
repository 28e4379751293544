import type { SessionSummaryDto } from '../api/generated/index.ts';
import type { Tone } from '../ui/chip.ts';

export type Outcome = SessionSummaryDto['outcome'];

/** From the most to the least that a session can come to. */
export const OUTCOMES: readonly { id: Outcome; label: string; tone: Tone }[] = [
  { id: 'form_completed', label: 'Form completed', tone: 'accent' },
  { id: 'form_abandoned', label: 'Form abandoned', tone: 'danger' },
  { id: 'link_clicked', label: 'Link clicked', tone: 'info' },
  { id: 'cta_clicked', label: 'Button clicked', tone: 'info' },
  { id: 'conversation', label: 'Conversation', tone: 'neutral' },
  { id: 'browsing', label: 'Only looked', tone: 'neutral' },
];

export const outcomeOf = (id: Outcome): (typeof OUTCOMES)[number] =>
  OUTCOMES.find((outcome) => outcome.id === id) ?? OUTCOMES[OUTCOMES.length - 1]!;

/** undefined for anything that is not an outcome. */
export const toOutcome = (text: string | undefined): Outcome | undefined =>
  OUTCOMES.find(({ id }) => id === text)?.id;
