export { ownHosts } from './attribution/own-hosts.ts';
export { normaliseSource, type TrafficSource } from './attribution/normalise-source.ts';
export {
  compareEvents,
  orderEvents,
  sequenceGaps,
  sortKeyOf,
  type SequenceGap,
} from './ordering/ordering.ts';
export { closedBy, isServerEvent } from './session-summary/closing.ts';
export { clickedItem, itemKey } from './session-summary/items.ts';
export { PATH_CODES } from './session-summary/path.ts';
export {
  sameContent,
  sessionSkew,
  summarise,
  type SummaryInput,
} from './session-summary/session-summary.ts';
export {
  admit,
  type Admission,
  type AdmissionInput,
  type Refused,
} from './session-state/admission.ts';
export { localDay } from './session-state/local-day.ts';
export {
  transition,
  type CountedClicks,
  type DayMark,
  type ItemDelta,
  type SessionState,
  type Transition,
  type TransitionInput,
} from './session-state/session-state.ts';
