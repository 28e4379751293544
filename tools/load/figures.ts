/** The figures that the k6 script leaves behind (`load/report.ts`), and what they have to be. */

/** Milliseconds. */
export interface Latency {
  count: number;
  med: number;
  p95: number;
  p99: number;
  max: number;
  goal: number;
}

export interface Figures {
  rate: number;
  /** Seconds. */
  duration: number;
  requests: number;
  /** Requests that could not leave in time. */
  dropped: number;
  repeated: number;
  /** Events. */
  accepted: number;
  rejected: number;
  unanswered: number;
  inJourneys: number;
  missing: number;
  doubled: number;
  latencies: Record<'accept_ms' | 'visible_ms' | 'summary_ms', Latency>;
}

/** What has to hold whatever the machine: each a name and whether it does. */
export const checksOf = (figures: Figures): [name: string, holds: boolean][] => [
  ['every event has an answer', figures.unanswered === 0],
  ['no event is rejected', figures.rejected === 0],
  ['every accepted event is in its journey', figures.accepted > 0 && figures.missing === 0],
  ['no event is in its journey twice', figures.doubled === 0],
  ['as many events in journeys as accepted', figures.inJourneys === figures.accepted],
];

/** What has to hold besides where figures are to be believed. */
export const strictChecksOf = (figures: Figures): [name: string, holds: boolean][] => [
  ['every request left in time', figures.dropped === 0],
  ...Object.entries(figures.latencies).map(([name, { p99, goal, count }]): [string, boolean] => [
    `p99 of ${name} under ${goal}`,
    count > 0 && p99 < goal,
  ]),
];
