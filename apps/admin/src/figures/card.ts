import type { Params } from '@angular/router';

/** A number of a dashboard's first row, as `ui-stat-card` shows it. */
export interface Card {
  label: string;
  value: string;
  /** Relative to the period before. */
  change: number | null;
  /** null: neither more nor less is better. */
  lessIsBetter?: boolean | null;
  /** The list of the sessions behind it. */
  sessions: Params | null;
  note?: string;
  filled?: boolean;
}

/** What cannot be said is no zero. */
export const orDash = (value: number | null, format: (value: number) => string): string =>
  value === null ? '–' : format(value);
