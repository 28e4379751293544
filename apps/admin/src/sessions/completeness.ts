import type { SessionSummaryDto } from '../api/generated/index.ts';

export interface Completeness {
  tone: 'accent' | 'warning' | 'neutral';
  text: string;
  explanation: string;
}

const events = (n: number): string => (n === 1 ? '1 event' : `${n} events`);

/** How much of what a browser sent is here, and whether it changed after the end. */
export function completeness({
  missing,
  revision,
  closed_by,
}: Pick<SessionSummaryDto, 'missing' | 'revision' | 'closed_by'>): Completeness[] {
  const found: Completeness[] = [];
  if (missing === null)
    found.push({
      tone: 'neutral',
      text: 'Completeness unknown',
      explanation: 'This widget numbers no events, so nobody can tell whether any got lost.',
    });
  else if (missing > 0)
    found.push({
      tone: 'warning',
      text: `${events(missing)} never arrived`,
      explanation:
        'The browser numbered them, but they did not reach us: a lost connection, mostly.',
    });
  else if (closed_by !== null)
    found.push({
      tone: 'accent',
      text: 'Complete',
      explanation: 'Every event that the browser numbered is here.',
    });
  if (revision > 0)
    found.push({
      tone: 'neutral',
      text: revision === 1 ? 'Revised once' : `Revised ${revision} times`,
      explanation: 'Events came in after the session had ended; all figures count them.',
    });
  return found;
}
