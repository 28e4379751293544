import { createMetrics } from '@picasso/telemetry';
import { Pushgateway } from 'prom-client';
import type { JobReport } from './run-job.ts';

/**
 * A run's figures for a Pushgateway: how it went, when it last went well, what it did.
 *
 * @param whole whether the run did all that is due: one for a few tenants or days by hand says
 *   nothing about the others, and must not silence who watches for the last success
 * @throws when the gateway does not take them
 */
export async function pushReport(
  url: string,
  report: JobReport,
  { nowMs, whole }: { nowMs: number; whole: boolean },
): Promise<void> {
  const metrics = createMetrics('aggregator', { process: false });
  const tenants = metrics.gauge('aggregator_tenants', 'Tenants of the last run by result.', [
    'result',
  ]);
  tenants.set({ result: 'done' }, report.done.length);
  tenants.set({ result: 'held' }, report.held.length);
  tenants.set({ result: 'failed' }, report.failed.length);
  metrics.gauge('aggregator_run_seconds', 'Duration of the last run.').set(report.seconds);
  if (whole && report.failed.length === 0) {
    metrics
      .gauge(
        'aggregator_last_success_timestamp_seconds',
        'End of the last run for all tenants without failures.',
      )
      .set(Math.floor(nowMs / 1_000));
  }
  const figures = metrics.gauge('aggregator_run_figures', 'What the last run did.', ['figure']);
  for (const [figure, value] of Object.entries(report.figures)) figures.set({ figure }, value);
  const gateway = new Pushgateway(url, { timeout: 5_000 }, metrics.registry);
  // Not `push`: a failed run must not wipe the time of the last success.
  await gateway.pushAdd({ jobName: 'aggregator', groupings: { command: report.command } });
}
