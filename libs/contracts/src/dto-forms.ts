/** Payloads of a form's life: viewed, started, filled field by field, completed or abandoned. */
import {
  OptionalCount,
  OptionalIndex,
  OptionalNumber,
  OptionalText,
  OptionalTime,
  Text,
} from './dto-decorators.ts';

export class FormViewedPayload {
  @Text() form_id!: string;
  @OptionalText() form_label?: string;
  @OptionalText() trigger_source?: string;
  @OptionalCount() field_count?: number;
}

export class FormStartedPayload {
  @Text() form_id!: string;
  @OptionalCount() field_count?: number;
  @OptionalTime() start_time?: string | number;
}

export class FormFieldSubmittedPayload {
  @Text() form_id!: string;
  @Text() field_id!: string;
  @OptionalText() field_label?: string;
  @OptionalIndex() field_index?: number;
  @OptionalText() field_type?: string;
}

export class FormFieldRejectedPayload {
  @Text() form_id!: string;
  @Text() field_id!: string;
  @OptionalText() error?: string;
}

export class FormCompletedPayload {
  @Text() form_id!: string;
  @OptionalText() form_label?: string;
  @OptionalNumber() duration_seconds?: number;
  @OptionalCount() fields_completed?: number;
  @OptionalText() submission_id?: string;
}

export class FormAbandonedPayload {
  @Text() form_id!: string;
  @OptionalText() form_label?: string;
  @OptionalText() last_field_id?: string;
  @OptionalText() last_field_label?: string;
  @OptionalIndex() last_field_index?: number;
  @OptionalCount() fields_completed?: number;
  @OptionalCount() total_fields?: number;
  @OptionalNumber() duration_seconds?: number;
  /** `closed`, `timeout` or `navigated`; an open set. */
  @OptionalText() reason?: string;
}
