import { SUBJECTS, type SessionSummary, type SummaryNotice } from '@picasso/contracts';
import type { Publisher } from '@picasso/messaging';
import type { Metrics } from '@picasso/telemetry';

/** Live views are not worth more: they find what they missed in the tables. */
const TIMEOUT_MS = 2_000;

/**
 * Announces written summaries on `journey.summaries.{tenant}` for live views.
 *
 * Waits for the broker's acknowledgement, but an announcement that nobody takes holds up no slice:
 * the summary is in the table, which is what was promised.
 */
export class SummaryNotices {
  private readonly lost;

  constructor(
    private readonly publisher: Pick<Publisher, 'publish'>,
    metrics: Metrics,
  ) {
    this.lost = metrics.counter(
      'sessionizer_unannounced_summaries_total',
      'Summaries that were stored and could not be announced to live views.',
    );
  }

  async announce(version: number, summary: SessionSummary): Promise<void> {
    const notice: SummaryNotice = { v: 1, version, summary };
    try {
      await this.publisher.publish(
        SUBJECTS.summaries(summary.tenant_hash),
        JSON.stringify(notice),
        {
          msgId: `${summary.tenant_hash}/${summary.session_id}/${version}`,
          timeoutMs: TIMEOUT_MS,
        },
      );
    } catch {
      this.lost.inc();
    }
  }
}
