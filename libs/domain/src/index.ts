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
  nextCounts,
  transition,
  type CountedClicks,
  type CountingStep,
  type DayMark,
  type ItemDelta,
  type SessionState,
  type Transition,
  type TransitionInput,
} from './session-state/session-state.ts';
export { aggregateDay, type DayInput } from './daily-aggregate/aggregate-day.ts';
export {
  FIGURES_SECTIONS,
  mergeDays,
  mergeSection,
  NO_FIGURES,
} from './daily-aggregate/figures.ts';
export { QUANTILE_RELATIVE_ERROR, quantileOf } from './daily-aggregate/quantile-sketch.ts';
export {
  funnelFacts,
  isCompleted,
  isConversation,
  isVisit,
} from './daily-aggregate/session-facts.ts';
export { fieldKey, formKey } from './session-summary/names.ts';
export {
  conversationCards,
  depthDistribution,
  durationPercentiles,
  heatMap,
  outcomeShares,
  type ConversationCards,
  type DurationPercentiles,
  type HeatMap,
} from './conversations/conversation-report.ts';
export { trendSeries, type TrendPoint } from './conversations/trend-series.ts';
export { normaliseQuestion, questionId } from './questions/normalise-question.ts';
export {
  questionTexts,
  questionVariants,
  rankQuestions,
  type QuestionRanking,
  type QuestionText,
  type RankedQuestion,
} from './questions/top-questions.ts';
export {
  attributionFunnel,
  countsOf,
  type FunnelRow,
  type SiteVisits,
  type SourceFilter,
} from './traffic/funnel.ts';
export { sourceInsight, type SourceInsight, type SourceRate } from './traffic/source-insight.ts';
export {
  estimatedValue,
  sourceRows,
  topicRows,
  trafficCards,
  type GoalValues,
  type SourceRow,
  type TopicRow,
  type TrafficCards,
  type TrafficPeriod,
} from './traffic/traffic-report.ts';
export {
  linkRows,
  popularity,
  type ItemWindows,
  type LinkRow,
  type PopularityRow,
  type WindowClicks,
} from './item-usage/item-report.ts';
export { itemParts, nameOf } from './item-usage/names.ts';
export { fieldAdvice, type FieldAdvice, type FieldKind } from './form-funnel/field-advice.ts';
export {
  fieldBottlenecks,
  formCards,
  formFunnel,
  formRanking,
  type FieldBottleneck,
  type FieldLookup,
  type FormCards,
  type FormFunnelRow,
  type FormRank,
} from './form-funnel/form-report.ts';
export { PATH_DEPTH } from './paths/path-figures.ts';
export { PATH_WAYS_CHARS, type PathWays } from './paths/path-ways.ts';
export {
  pathView,
  tookWays,
  type PathLevel,
  type PathNode,
  type PathQuery,
  type PathStep,
  type PathView,
} from './paths/path-view.ts';
export {
  findGaps,
  type DayUsage,
  type GapReport,
  type GapRow,
  type GapState,
} from './inventory/gaps.ts';
export {
  ITEM_TYPES,
  type ConfiguredField,
  type ConfiguredForm,
  type ConfiguredItem,
  type Inventory,
  type InventoryWarning,
  type ItemType,
} from './inventory/inventory.ts';
export { itemMatcher, type ItemMatcher } from './inventory/item-matching.ts';
export { markdownLinks, type MarkdownLink } from './inventory/markdown-links.ts';
export { parseInventory } from './inventory/tenant-config.ts';
export {
  configuredLabels,
  configuredSince,
  NO_INVENTORY,
  recordSnapshot,
  type ConfiguredSpan,
  type InventoryTimeline,
  type TimelineEntry,
} from './inventory/timeline.ts';
export { compare, ratio, trendOf, type Comparison, type Trend } from './rates/rates.ts';
export {
  differenceInterval,
  wilsonInterval,
  type Interval,
  type Proportion,
} from './rates/intervals.ts';
export { dayBounds, hoursOfDay, knownZone, type LocalHour } from './ranges/local-time.ts';
export {
  addDays,
  dayCount,
  daysOf,
  isDay,
  lastDays,
  overlap,
  periodBefore,
  type DayRange,
} from './ranges/ranges.ts';
