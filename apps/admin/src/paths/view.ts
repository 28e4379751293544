import type { Params } from '@angular/router';
import type { PathNodeDto, PatternsDto } from '../api/generated/index.ts';
import { sessionsParams } from '../figures/sessions-link.ts';
import { count, percent, readable } from '../ui/format.ts';

/** Steps that one can start from, in the order of a visit. */
export const STEPS: readonly { id: string; label: string }[] = [
  { id: 'PAGE_VIEW', label: 'Viewed a page' },
  { id: 'WIDGET_OPENED', label: 'Opened the widget' },
  { id: 'CONVERSATION_STARTED', label: 'Began to talk' },
  { id: 'MESSAGE_SENT', label: 'Wrote a message' },
  { id: 'MESSAGE_RECEIVED', label: 'Got an answer' },
  { id: 'ACTION_CHIP_CLICKED', label: 'Chose a suggestion' },
  { id: 'HELP_MENU_CLICKED', label: 'Used the help menu' },
  { id: 'ITEMS_SHOWN', label: 'Was shown buttons' },
  { id: 'CTA_CLICKED', label: 'Clicked a button' },
  { id: 'LINK_CLICKED', label: 'Followed a link' },
  { id: 'SHOWCASE_CTA_CLICKED', label: 'Clicked in a showcase' },
  { id: 'FORM_VIEWED', label: 'Saw a form' },
  { id: 'FORM_STARTED', label: 'Started a form' },
  { id: 'FORM_FIELD_SUBMITTED', label: 'Filled in a field' },
  { id: 'FORM_FIELD_REJECTED', label: 'A field was refused' },
  { id: 'FORM_COMPLETED', label: 'Completed a form' },
  { id: 'FORM_ABANDONED', label: 'Gave a form up' },
  { id: 'WIDGET_CLOSED', label: 'Closed the widget' },
  { id: 'SESSION_ENDED', label: 'Left the page' },
];

const ENDS: Record<string, string> = {
  exit: 'The visit ended',
  entry: 'The visit began',
  other: 'Something else',
};

export const stepName = (step: string): string =>
  ENDS[step] ?? STEPS.find(({ id }) => id === step)?.label ?? readable(step.toLowerCase());

/** Whether one can walk on from it. */
export const isStep = (step: string): boolean => !(step in ENDS);

export interface Branch {
  step: string;
  name: string;
  /** Whether one can walk on from here. */
  isStep: boolean;
  sessions: string;
  /** Parameters of the list of them; null where no list holds just them. */
  list: Params | null;
  share: string;
  /** Percent of the view. */
  width: number;
  /** To one decimal; null where it cannot be told, or is as usual. */
  lift: number | null;
  children: Branch[];
}

const toLift = (lift: number | null): number | null => {
  const rounded = lift === null ? 1 : Math.round(lift * 10) / 10;
  return rounded === 1 ? null : rounded;
};

const toBranch = (node: PathNodeDto): Branch => {
  const { step, sessions, share, lift, children } = node;
  return {
    step,
    name: stepName(step),
    isStep: isStep(step),
    sessions: count(sessions),
    list: sessionsParams(node.sessions_url),
    share: share === null ? '' : percent(share),
    width: (share ?? 0) * 100,
    lift: toLift(lift),
    children: children.map(toBranch),
  };
};

export const branchesOf = (paths: PatternsDto | undefined): Branch[] =>
  (paths?.branches ?? []).map(toBranch);

export interface LevelRow {
  distance: number;
  steps: { name: string; sessions: string; list: Params | null }[];
  /** Of all its steps: the view's sessions, at every level. */
  total: string;
}

/** All sessions by where they were after so many steps, or how they had ended by then. */
export const levelRows = (paths: PatternsDto | undefined): LevelRow[] =>
  (paths?.levels ?? []).map(({ distance, steps }) => ({
    distance,
    steps: steps.map(({ step, sessions, sessions_url }) => ({
      name: stepName(step),
      sessions: count(sessions),
      list: sessionsParams(sessions_url),
    })),
    total: count(steps.reduce((sum, { sessions }) => sum + sessions, 0)),
  }));

export interface SequenceRow {
  steps: string[];
  sessions: string;
  list: Params | null;
  completed: string;
}

export const sequenceRows = (paths: PatternsDto | undefined): SequenceRow[] =>
  (paths?.sequences ?? []).map(({ steps, sessions, completed, sessions_url }) => ({
    steps: steps.map(stepName),
    sessions: count(sessions),
    list: sessionsParams(sessions_url),
    completed: sessions === 0 ? '–' : percent(completed / sessions),
  }));
