import { setTimeout as sleep } from 'node:timers/promises';
import type { Tenant } from '@picasso/contracts';
import { WorkQueue } from '@picasso/messaging';
import { type Erasure, type ErasureScope, ErasureStore, TenantStore } from '@picasso/storage';
import { reached } from '../fault-points.ts';
import {
  type JobParts,
  type JobReport,
  type TenantJob,
  addReport,
  emptyReport,
  runJob,
} from '../jobs/run-job.ts';
import type { Surroundings } from '../surroundings.ts';
import { eraseJob } from './erase.ts';

const COMMAND = 'erase';
/** How often the table is asked for what the queue did not bring, and after an outage. */
const SWEEP_MS = 60_000;
const RETRY_MS = 5_000;

/** Carries out requests to erase. Each is in the jobs table; the queue only says that one has come. */
export class Erasures {
  private readonly requests: ErasureStore;

  constructor(
    private readonly surroundings: Surroundings,
    private readonly parts: JobParts,
  ) {
    this.requests = new ErasureStore(surroundings.tables);
  }

  /** Erases now what the command line says; goes on where the same command was stopped. */
  async eraseNow(tenant: Tenant, scope: ErasureScope, exportFirst?: TenantJob): Promise<JobReport> {
    const { tenant_hash } = tenant;
    const { nowMs } = this.surroundings;
    const meant = JSON.stringify(scope);
    const stopped = (await this.requests.open()).find(
      (open) => open.tenant_hash === tenant_hash && JSON.stringify(open.scope) === meant,
    );
    const requested_by = 'command line';
    const request = { tenant_hash, scope, reason: null, requested_by };
    const { erasure_id } = stopped ?? (await this.requests.request(request, nowMs));
    reached('requested');
    const job = eraseJob({ ...this.surroundings, erasureId: erasure_id, exportFirst });
    return runJob(COMMAND, [tenant], job, this.parts);
  }

  /** Everything that is requested by now, and what an earlier run has not finished. */
  async eraseRequested(): Promise<JobReport> {
    const report = emptyReport(COMMAND);
    for (const erasure of await this.requests.open()) {
      if (this.surroundings.stopping.aborted) break;
      addReport(report, await this.carryOut(erasure));
    }
    return report;
  }

  /** Waits for requests until the process is asked to end; what it is at then, it finishes. */
  async serve(): Promise<JobReport> {
    const { stopping, broker, logger } = this.surroundings;
    const report = emptyReport(COMMAND);
    while (!stopping.aborted) {
      try {
        addReport(report, await this.eraseRequested());
        const queue = new WorkQueue(await broker(), COMMAND);
        const until = AbortSignal.any([stopping, AbortSignal.timeout(SWEEP_MS)]);
        await queue.drain(
          this.parts.parallel,
          async (erasureId) => {
            const erasure = await this.requests.get(erasureId);
            if (erasure) addReport(report, await this.carryOut(erasure));
          },
          until,
        );
      } catch (error) {
        logger.warn({ err: error }, 'no requests can be taken at the moment');
        await sleep(RETRY_MS, undefined, { signal: stopping }).catch(() => undefined);
      }
    }
    // Requests that failed are kept and tried again: ending when asked to is no failure.
    return { ...report, failed: [] };
  }

  private async carryOut({ erasure_id, tenant_hash, state }: Erasure): Promise<JobReport> {
    if (state === 'done') return emptyReport(COMMAND);
    const tenant = await new TenantStore(this.surroundings.tables).get(tenant_hash);
    if (!tenant) {
      await this.requests.fail(erasure_id, 'there is no such tenant');
      const failed = [{ tenant: tenant_hash, error: 'there is no such tenant' }];
      return { ...emptyReport(COMMAND), failed };
    }
    const nowMs = Date.now();
    const job = eraseJob({ ...this.surroundings, nowMs, erasureId: erasure_id });
    return runJob(COMMAND, [tenant], job, { ...this.parts, parallel: 1 });
  }
}
