/** The generated JSON Schema files (`schemas/`), by the event type that they describe. */
import pageView from '../schemas/PAGE_VIEW.json' with { type: 'json' };
import widgetOpened from '../schemas/WIDGET_OPENED.json' with { type: 'json' };
import conversationStarted from '../schemas/CONVERSATION_STARTED.json' with { type: 'json' };
import messageSent from '../schemas/MESSAGE_SENT.json' with { type: 'json' };
import messageReceived from '../schemas/MESSAGE_RECEIVED.json' with { type: 'json' };
import qaComplete from '../schemas/QA_COMPLETE.json' with { type: 'json' };
import actionChipClicked from '../schemas/ACTION_CHIP_CLICKED.json' with { type: 'json' };
import ctaClicked from '../schemas/CTA_CLICKED.json' with { type: 'json' };
import linkClicked from '../schemas/LINK_CLICKED.json' with { type: 'json' };
import helpMenuClicked from '../schemas/HELP_MENU_CLICKED.json' with { type: 'json' };
import showcaseCtaClicked from '../schemas/SHOWCASE_CTA_CLICKED.json' with { type: 'json' };
import itemsShown from '../schemas/ITEMS_SHOWN.json' with { type: 'json' };
import formViewed from '../schemas/FORM_VIEWED.json' with { type: 'json' };
import formStarted from '../schemas/FORM_STARTED.json' with { type: 'json' };
import formFieldSubmitted from '../schemas/FORM_FIELD_SUBMITTED.json' with { type: 'json' };
import formFieldRejected from '../schemas/FORM_FIELD_REJECTED.json' with { type: 'json' };
import formCompleted from '../schemas/FORM_COMPLETED.json' with { type: 'json' };
import formAbandoned from '../schemas/FORM_ABANDONED.json' with { type: 'json' };
import schedulingChipClicked from '../schemas/SCHEDULING_CHIP_CLICKED.json' with { type: 'json' };
import schedulingDayStripEngaged from '../schemas/SCHEDULING_DAY_STRIP_ENGAGED.json' with { type: 'json' };
import schedulingTypedRefinement from '../schemas/SCHEDULING_TYPED_REFINEMENT.json' with { type: 'json' };
import schedulingTimeToBooked from '../schemas/SCHEDULING_TIME_TO_BOOKED.json' with { type: 'json' };
import widgetClosed from '../schemas/WIDGET_CLOSED.json' with { type: 'json' };
import sessionEnded from '../schemas/SESSION_ENDED.json' with { type: 'json' };
import batch from '../schemas/batch.json' with { type: 'json' };
import envelope from '../schemas/envelope.json' with { type: 'json' };
import event from '../schemas/event.json' with { type: 'json' };
import type { EventType } from './events.ts';

/** The part of JSON Schema that the DTOs need. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  const?: string;
  [keyword: string]: unknown;
}

export const EVENT_SCHEMAS: Readonly<Record<EventType, object>> = {
  PAGE_VIEW: pageView,
  WIDGET_OPENED: widgetOpened,
  CONVERSATION_STARTED: conversationStarted,
  MESSAGE_SENT: messageSent,
  MESSAGE_RECEIVED: messageReceived,
  QA_COMPLETE: qaComplete,
  ACTION_CHIP_CLICKED: actionChipClicked,
  CTA_CLICKED: ctaClicked,
  LINK_CLICKED: linkClicked,
  HELP_MENU_CLICKED: helpMenuClicked,
  SHOWCASE_CTA_CLICKED: showcaseCtaClicked,
  ITEMS_SHOWN: itemsShown,
  FORM_VIEWED: formViewed,
  FORM_STARTED: formStarted,
  FORM_FIELD_SUBMITTED: formFieldSubmitted,
  FORM_FIELD_REJECTED: formFieldRejected,
  FORM_COMPLETED: formCompleted,
  FORM_ABANDONED: formAbandoned,
  SCHEDULING_CHIP_CLICKED: schedulingChipClicked,
  SCHEDULING_DAY_STRIP_ENGAGED: schedulingDayStripEngaged,
  SCHEDULING_TYPED_REFINEMENT: schedulingTypedRefinement,
  SCHEDULING_TIME_TO_BOOKED: schedulingTimeToBooked,
  WIDGET_CLOSED: widgetClosed,
  SESSION_ENDED: sessionEnded,
};

/** An event of a type that this version does not know. */
export const UNKNOWN_EVENT_SCHEMA: object = event;
export const BATCH_SCHEMA: object = batch;
export const ENVELOPE_SCHEMA: object = envelope;
