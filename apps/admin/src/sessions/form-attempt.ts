import type { JourneyStepDto } from '../api/generated/index.ts';
import { readable } from '../ui/format.ts';

const FORM_EVENTS = [
  'FORM_VIEWED',
  'FORM_STARTED',
  'FORM_FIELD_SUBMITTED',
  'FORM_FIELD_REJECTED',
  'FORM_COMPLETED',
  'FORM_ABANDONED',
];

export const isFormStep = ({ event_type, payload }: JourneyStepDto): boolean =>
  FORM_EVENTS.includes(event_type) && typeof payload['form_id'] === 'string';

export interface FormField {
  id: string;
  label: string;
  /** Bad entries before a good one. */
  rejected: number;
  isDone: boolean;
}

export type FormEnd = 'completed' | 'abandoned' | 'open';

/** A form from being seen to being sent or given up, field by field. */
export class FormAttempt {
  readonly fields: FormField[] = [];
  end: FormEnd = 'open';
  /** Seconds as the page measured them. */
  seconds: number | null = null;
  total: number | null = null;
  /** Label of the field it was left at. */
  leftAt: string | null = null;
  startedAt: number | null = null;

  constructor(
    readonly formId: string,
    public label: string,
  ) {}

  /** Whether the step goes on with this attempt: same form, not ended, not a new start. */
  takes({ event_type, payload }: JourneyStepDto): boolean {
    if (payload['form_id'] !== this.formId || this.end !== 'open') return false;
    return !(event_type === 'FORM_STARTED' && this.startedAt !== null);
  }

  add({ event_type, payload }: JourneyStepDto, at: number): void {
    const label = payload['form_label'];
    if (typeof label === 'string' && label) this.label = label;
    this.total = numberOf(payload['total_fields'] ?? payload['field_count']) ?? this.total;
    switch (event_type) {
      case 'FORM_STARTED':
        this.startedAt = at;
        break;
      case 'FORM_FIELD_SUBMITTED':
        this.field(payload).isDone = true;
        break;
      case 'FORM_FIELD_REJECTED':
        this.field(payload).rejected += 1;
        break;
      case 'FORM_COMPLETED':
        this.finish('completed', payload);
        break;
      case 'FORM_ABANDONED':
        this.finish('abandoned', payload);
        break;
    }
  }

  private finish(end: FormEnd, payload: Record<string, unknown>): void {
    this.end = end;
    this.seconds = numberOf(payload['duration_seconds']);
    const label = payload['last_field_label'] ?? payload['last_field_id'];
    if (end === 'abandoned' && typeof label === 'string') this.leftAt = readable(label);
  }

  private field(payload: Record<string, unknown>): FormField {
    const id = typeof payload['field_id'] === 'string' ? payload['field_id'] : '';
    const label = payload['field_label'];
    let field = this.fields.find((known) => known.id === id);
    if (!field) {
      field = { id, label: readable(id) || 'A field', rejected: 0, isDone: false };
      this.fields.push(field);
    }
    if (typeof label === 'string' && label) field.label = label;
    return field;
  }
}

const numberOf = (value: unknown): number | null => (typeof value === 'number' ? value : null);

export function openAttempt({ payload }: JourneyStepDto): FormAttempt {
  const id = payload['form_id'] as string;
  return new FormAttempt(id, readable(id));
}
