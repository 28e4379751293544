/** What `track(type, payload)` takes: the wire contract's payload of every type a browser may send. */
import type { EventType } from '@picasso/contracts';
import type {
  ConversationStartedPayload,
  MessageReceivedPayload,
  MessageSentPayload,
  PageViewPayload,
  SessionEndedPayload,
  WidgetClosedPayload,
  WidgetOpenedPayload,
} from '@picasso/contracts/dto-conversation';
import type {
  FormAbandonedPayload,
  FormCompletedPayload,
  FormFieldRejectedPayload,
  FormFieldSubmittedPayload,
  FormStartedPayload,
  FormViewedPayload,
} from '@picasso/contracts/dto-forms';
import type {
  ActionChipClickedPayload,
  CtaClickedPayload,
  HelpMenuClickedPayload,
  ItemsShownPayload,
  LinkClickedPayload,
  ShowcaseCtaClickedPayload,
} from '@picasso/contracts/dto-items';

/** Kept as they are sent. */
export type FreePayload = Record<string, unknown>;

export interface EventPayloads {
  PAGE_VIEW: PageViewPayload;
  WIDGET_OPENED: WidgetOpenedPayload;
  CONVERSATION_STARTED: ConversationStartedPayload;
  MESSAGE_SENT: MessageSentPayload;
  MESSAGE_RECEIVED: MessageReceivedPayload;
  ACTION_CHIP_CLICKED: ActionChipClickedPayload;
  CTA_CLICKED: CtaClickedPayload;
  LINK_CLICKED: LinkClickedPayload;
  HELP_MENU_CLICKED: HelpMenuClickedPayload;
  SHOWCASE_CTA_CLICKED: ShowcaseCtaClickedPayload;
  ITEMS_SHOWN: ItemsShownPayload;
  FORM_VIEWED: FormViewedPayload;
  FORM_STARTED: FormStartedPayload;
  FORM_FIELD_SUBMITTED: FormFieldSubmittedPayload;
  FORM_FIELD_REJECTED: FormFieldRejectedPayload;
  FORM_COMPLETED: FormCompletedPayload;
  FORM_ABANDONED: FormAbandonedPayload;
  SCHEDULING_CHIP_CLICKED: FreePayload;
  SCHEDULING_DAY_STRIP_ENGAGED: FreePayload;
  SCHEDULING_TYPED_REFINEMENT: FreePayload;
  SCHEDULING_TIME_TO_BOOKED: FreePayload;
  WIDGET_CLOSED: WidgetClosedPayload;
  SESSION_ENDED: SessionEndedPayload;
}

export type TrackedType = keyof EventPayloads;

/** Every type of the contract but the chat backend's own is here; a new one breaks the build. */
type Missing = Exclude<EventType, TrackedType | 'QA_COMPLETE'>;
export type NothingMissing = [Missing] extends [never] ? true : never;
