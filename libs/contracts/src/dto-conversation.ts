/** A visit's surroundings, and the payloads of a visit and its conversation. */
import { Type } from 'class-transformer';
import { IsArray, IsOptional, IsString, MaxLength, ValidateNested } from 'class-validator';
import { OptionalCount, OptionalNumber, OptionalStep, OptionalText } from './dto-decorators.ts';

/** The visitor's environment; may come on a session's first event only. */
export class EventContext {
  @OptionalText() user_agent?: string;
  @OptionalNumber() viewport_width?: number;
  @OptionalNumber() viewport_height?: number;
}

/** Where the visitor came from; may come on a session's first event only. */
export class EventAttribution {
  @OptionalText() utm_source?: string;
  @OptionalText() utm_medium?: string;
  @OptionalText() utm_campaign?: string;
  @OptionalText() utm_term?: string;
  @OptionalText() utm_content?: string;
  @OptionalText() gclid?: string;
  @OptionalText() fbclid?: string;
  @OptionalText() referrer?: string;
  @OptionalText() landing_page?: string;
}

export class PageViewPayload {
  @OptionalText() path?: string;
  @OptionalText() referrer_host?: string;
  @OptionalText() device_class?: string;
}

export class WidgetOpenedPayload {
  /** `button`, `callout` or `auto`; an open set. */
  @OptionalText() trigger?: string;
}

export class ConversationStartedPayload {
  /** The deployed widget sends a session's attribution here and nowhere else. */
  @IsOptional() @ValidateNested() @Type(() => EventAttribution) attribution?: EventAttribution;
}

export class MessageSentPayload {
  @OptionalText() content?: string;
  @IsOptional() @IsString() @MaxLength(500) content_preview?: string;
  @OptionalCount() content_length?: number;
}

export class MessageReceivedPayload extends MessageSentPayload {
  @OptionalNumber() response_time_ms?: number;
  @OptionalText() branch_id?: string;
  @IsOptional() @IsArray() ctas_shown?: unknown[];
}

export class ItemsInResponse {
  @IsOptional() @IsArray() ctas_shown?: unknown[];
  @IsOptional() @IsArray() links_included?: unknown[];
}

export class QaCompletePayload {
  @OptionalText() question?: string;
  @OptionalText() answer?: string;
  @OptionalText() routing_tier?: string;
  @OptionalNumber() response_time_ms?: number;
  @OptionalText() branch_id?: string;
  @IsOptional()
  @ValidateNested()
  @Type(() => ItemsInResponse)
  items_in_response?: ItemsInResponse;
  /** The step that is answered; the event lands there. */
  @OptionalStep() in_response_to_step?: number;
}

export class WidgetClosedPayload {
  @OptionalNumber() dwell_time_seconds?: number;
}

export class SessionEndedPayload {
  /** `page_unload`, or `timeout` in imported history; an open set. */
  @OptionalText() reason?: string;
}
