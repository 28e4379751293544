/** What specs are written with. Only specs may import this. */
export { startEngines, useEngines, type EngineChoice, type Engines } from './engines.ts';
export { eventually, type EventuallyOptions } from './eventually.ts';
export {
  START_MS,
  TENANT,
  batch,
  eventSlice,
  flatEvent,
  journeyEvent,
  payloadFor,
  sessionOf,
  storedEvents,
  widgetEnvelope,
  type Batch,
  type FlatEvent,
  type SessionOptions,
  type StepSpec,
} from './events.ts';
export {
  decodeSpans,
  startOtlpReceiver,
  type OtlpReceiver,
  type ReceivedSpan,
} from './otlp-receiver.ts';
export {
  runToEnd,
  specSetting,
  startService,
  type Ended,
  type RunningService,
  type ServiceOptions,
} from './services.ts';
export { freePort, startVersitygw, VERSITYGW_CREDENTIALS, type Engine } from '@picasso/engines';
