/**
 * The wire contract of one event as class-validator DTOs: the one source of the JSON Schema files
 * (`schemas/`), of the validators that ingest runs, and of the reference in docs/events.md.
 *
 * Required is what figures cannot do without (ids of items, forms and fields); what only describes
 * is typed but optional. Unknown fields are kept everywhere.
 */
import { Type } from 'class-transformer';
import { IsObject, IsOptional, ValidateNested } from 'class-validator';
import {
  Id,
  OptionalCount,
  OptionalId,
  OptionalStep,
  OptionalText,
  OptionalTime,
  Version,
} from './dto-decorators.ts';
import {
  ActionChipClickedPayload,
  CtaClickedPayload,
  HelpMenuClickedPayload,
  ItemsShownPayload,
  LinkClickedPayload,
  ShowcaseCtaClickedPayload,
} from './dto-items.ts';
import {
  ConversationStartedPayload,
  EventAttribution,
  EventContext,
  MessageReceivedPayload,
  MessageSentPayload,
  PageViewPayload,
  QaCompletePayload,
  SessionEndedPayload,
  WidgetClosedPayload,
  WidgetOpenedPayload,
} from './dto-conversation.ts';
import {
  FormAbandonedPayload,
  FormCompletedPayload,
  FormFieldRejectedPayload,
  FormFieldSubmittedPayload,
  FormStartedPayload,
  FormViewedPayload,
} from './dto-forms.ts';
import type { EventType } from './events.ts';

/** A flat event without its payload's own rules. */
export class FlatEvent {
  /** Major version 1 is accepted. */
  @Version() schema_version!: string;
  /** Derived from the content where the sender gives none. */
  @OptionalId() event_id?: string;
  /** The client's clock. One of `timestamp` and `timestamp_client` is required. */
  @OptionalTime() timestamp?: string | number;
  @OptionalTime() timestamp_client?: string | number;
  @Id() session_id!: string;
  /** The tenant is what the key says; naming another one is `tenant_mismatch`. */
  @OptionalText() tenant_hash?: string;
  /** Required but for QA_COMPLETE, whose step is `payload.in_response_to_step`. */
  @OptionalStep() step_number?: number;
  @OptionalCount() sequence_number?: number;
  @Id() event_type!: string;
  @IsOptional() @IsObject() payload?: object;
  @IsOptional() @ValidateNested() @Type(() => EventContext) context?: EventContext;
  @IsOptional() @ValidateNested() @Type(() => EventAttribution) attribution?: EventAttribution;
  @OptionalId() ga_client_id?: string;
}

/** Scheduling events are kept as they are sent. */
export class FreePayload {}

/** The payload class of every known event type. */
export const PAYLOADS: Readonly<Record<EventType, new () => object>> = {
  PAGE_VIEW: PageViewPayload,
  WIDGET_OPENED: WidgetOpenedPayload,
  CONVERSATION_STARTED: ConversationStartedPayload,
  MESSAGE_SENT: MessageSentPayload,
  MESSAGE_RECEIVED: MessageReceivedPayload,
  QA_COMPLETE: QaCompletePayload,
  ACTION_CHIP_CLICKED: ActionChipClickedPayload,
  CTA_CLICKED: CtaClickedPayload,
  LINK_CLICKED: LinkClickedPayload,
  HELP_MENU_CLICKED: HelpMenuClickedPayload,
  SHOWCASE_CTA_CLICKED: ShowcaseCtaClickedPayload,
  ITEMS_SHOWN: ItemsShownPayload,
  FORM_VIEWED: FormViewedPayload,
  FORM_STARTED: FormStartedPayload,
  FORM_FIELD_SUBMITTED: FormFieldSubmittedPayload,
  FORM_FIELD_REJECTED: FormFieldRejectedPayload,
  FORM_COMPLETED: FormCompletedPayload,
  FORM_ABANDONED: FormAbandonedPayload,
  SCHEDULING_CHIP_CLICKED: FreePayload,
  SCHEDULING_DAY_STRIP_ENGAGED: FreePayload,
  SCHEDULING_TYPED_REFINEMENT: FreePayload,
  SCHEDULING_TIME_TO_BOOKED: FreePayload,
  WIDGET_CLOSED: WidgetClosedPayload,
  SESSION_ENDED: SessionEndedPayload,
};
