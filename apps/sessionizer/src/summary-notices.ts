import { SUBJECTS, type SessionSummary, type SummaryNotice } from '@picasso/contracts';
import type { Publisher } from '@picasso/messaging';

/**
 * Announces written summaries on `journey.summaries.{tenant}` for live views. Waits for the
 * broker's acknowledgement, so that the slice behind it is not acknowledged before.
 */
export class SummaryNotices {
  constructor(private readonly publisher: Pick<Publisher, 'publish'>) {}

  async announce(version: number, summary: SessionSummary): Promise<void> {
    const notice: SummaryNotice = { v: 1, version, summary };
    await this.publisher.publish(SUBJECTS.summaries(summary.tenant_hash), JSON.stringify(notice), {
      msgId: `${summary.tenant_hash}/${summary.session_id}/${version}`,
    });
  }
}
