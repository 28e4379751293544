import type { Bottleneck, FormCounts, JourneyEvent } from '@picasso/contracts';
import { compareText } from '../ordering/ordering.ts';
import { BOUNDS, boundedId, sortedRecord } from './bounds.ts';
import { numberField, textField } from './fields.ts';

export interface FormFigures {
  /** The first 64 forms in the session's order, keys sorted. */
  forms: Record<string, FormCounts>;
  /** The first 64 in the session's order, sorted by form and field (none before any). */
  bottlenecks: Bottleneck[];
  /** Abandons of all forms. */
  abandons: number;
}

interface Attempt {
  started_ms: number;
  last_field: string | null;
}

/**
 * What became of the session's forms.
 *
 * An attempt begins at FORM_STARTED and ends at FORM_COMPLETED, FORM_ABANDONED, the next start of
 * the same form, or the session's end. Each that does not complete is one abandon, charged to the
 * field that FORM_ABANDONED names last, else to the last one submitted in the attempt, else to none.
 * A completion counts without an attempt as well (its start may have been lost), an abandon does
 * not. A completion that repeats a submission id is the same submission told again: it changes
 * nothing, not even an attempt that began in between.
 *
 * @param ended whether the session is over; in an open one, open attempts are not yet abandoned
 */
export function formFigures(ordered: readonly JourneyEvent[], ended: boolean): FormFigures {
  const forms = new Map<string, FormCounts>();
  const attempts = new Map<string, Attempt>();
  const submissions = new Set<string>();
  const charges = new Map<string, Bottleneck>();
  let abandons = 0;

  const countsOf = (form: string): FormCounts => {
    const known = forms.get(form);
    if (known !== undefined) return known;
    const counts = { views: 0, starts: 0, completions: 0, abandons: 0, duration_ms_sum: 0 };
    forms.set(form, counts);
    return counts;
  };
  const abandon = (form: string, attempt: Attempt, namedField: string | null): void => {
    attempts.delete(form);
    abandons += 1;
    countsOf(form).abandons += 1;
    const field = namedField ?? attempt.last_field;
    const key = JSON.stringify([form, field]);
    const charge = charges.get(key);
    if (charge === undefined) charges.set(key, [form, field, 1]);
    else charge[2] += 1;
  };
  const complete = (event: JourneyEvent, form: string): void => {
    const submission = textField(event, 'submission_id');
    if (submission !== null && submissions.has(submission)) return;
    if (submission !== null) submissions.add(submission);
    const counts = countsOf(form);
    counts.completions += 1;
    counts.duration_ms_sum += completionMs(event, attempts.get(form));
    attempts.delete(form);
  };

  for (const event of ordered) {
    if (!event.event_type.startsWith('FORM_')) continue;
    const form = idField(event, 'form_id');
    if (form === null) continue;
    const attempt = attempts.get(form);
    switch (event.event_type) {
      case 'FORM_VIEWED':
        countsOf(form).views += 1;
        break;
      case 'FORM_STARTED':
        if (attempt !== undefined) abandon(form, attempt, null);
        countsOf(form).starts += 1;
        attempts.set(form, { started_ms: event.timestamp_ms, last_field: null });
        break;
      case 'FORM_FIELD_SUBMITTED':
        if (attempt !== undefined) {
          attempt.last_field = idField(event, 'field_id') ?? attempt.last_field;
        }
        break;
      case 'FORM_COMPLETED':
        complete(event, form);
        break;
      case 'FORM_ABANDONED':
        if (attempt !== undefined) abandon(form, attempt, idField(event, 'last_field_id'));
        break;
    }
  }
  if (ended) for (const [form, attempt] of [...attempts]) abandon(form, attempt, null);

  return {
    forms: sortedRecord([...forms].slice(0, BOUNDS.listEntries)),
    bottlenecks: [...charges.values()].slice(0, BOUNDS.listEntries).sort(compareBottlenecks),
    abandons,
  };
}

/** Milliseconds that a completion took: what the form measured, else the time since its start. */
function completionMs(event: JourneyEvent, attempt: Attempt | undefined): number {
  const seconds = numberField(event, 'duration_seconds');
  if (seconds !== null && seconds >= 0) return Math.round(seconds * 1000);
  return attempt === undefined ? 0 : Math.max(0, event.timestamp_ms - attempt.started_ms);
}

function idField(event: JourneyEvent, name: string): string | null {
  const id = textField(event, name);
  return id === null ? null : boundedId(id);
}

function compareBottlenecks([formA, fieldA]: Bottleneck, [formB, fieldB]: Bottleneck): number {
  return compareText(formA, formB) || compareText(fieldA ?? '', fieldB ?? '');
}
