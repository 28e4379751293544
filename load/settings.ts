/** What a run can be told, through k6's environment (`k6 run -e RATE=1000 …`). */

function number(name: string, fallback: number): number {
  const value = Number(__ENV[name] ?? fallback);
  if (!(value >= 0)) throw new Error(`${name} must be a number, it is "${__ENV[name]}"`);
  return value;
}

export const SETTINGS = {
  /** Events per second. */
  rate: number('RATE', 434),
  /** Seconds. */
  duration: number('DURATION', 600),
  batchEvents: number('BATCH_EVENTS', 10),
  /** In the visits' own time. */
  flushMs: number('FLUSH_MS', 5_000),
  /** How many times faster than real time visits are played. */
  pace: number('PACE', 1),
  /** Share of the requests whose way into the journey is timed. */
  sample: number('SAMPLE', 0.05),
  /** Share of the closes whose way into the summary is timed. */
  closeSample: number('CLOSE_SAMPLE', 0.1),
  /** `.local/endpoints.json` of the stack; relative to this folder. */
  endpoints: __ENV['ENDPOINTS'] ?? '../.local/endpoints.json',
  /** The library of visits, as `npm run load -- --prepare` writes it. */
  visits: __ENV['VISITS'] ?? '../tmp/load/visits.json',
  /** Makes the goals on latency fail the run, too. */
  strict: __ENV['STRICT'] === '1',
  /** Figures go there as JSON. */
  report: __ENV['REPORT'],
} as const;

/** Milliseconds, 99th percentile. */
export const GOALS = { accept_ms: 50, visible_ms: 1_000, summary_ms: 1_000 } as const;
