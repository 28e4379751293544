import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject, Tenant } from '@picasso/contracts';
import { type JobStore, type Lease, LeaseLostError } from '@picasso/storage';
import { withSpan } from '@picasso/telemetry';
import type { Logger } from 'pino';
import { reached } from '../fault-points.ts';

/** One tenant's share of a command. */
export interface Turn {
  tenant: Tenant;
  /** What an earlier run that did not finish, or finished, has left; null for the first. */
  checkpoint: JsonObject | null;
  logger: Logger;
  /** Keeps how far this came. @throws LeaseLostError */
  save(checkpoint: JsonObject): Promise<void>;
  /** Adds to the figures that the command reports. */
  count(figure: string, by?: number): void;
  /** Throws when another run has taken over: call it before every step. */
  alive(): void;
}

export type TenantJob = (turn: Turn) => Promise<void>;

export interface JobParts {
  store: JobStore;
  /** What is leased per tenant: commands that write the same things share it. */
  scope: string;
  logger: Logger;
  parallel: number;
  leaseMs: number;
}

export interface JobReport {
  command: string;
  done: string[];
  /** Another run is at it. */
  held: string[];
  /** Recorded in the jobs table, and tried again by the next run. */
  failed: { tenant: string; error: string }[];
  figures: Record<string, number>;
  seconds: number;
}

export const emptyReport = (command: string): JobReport => ({
  command,
  done: [],
  held: [],
  failed: [],
  figures: {},
  seconds: 0,
});

/** Adds what another run did to `report`. */
export function addReport(report: JobReport, { done, held, failed, figures, seconds }: JobReport) {
  report.done.push(...done);
  report.held.push(...held);
  report.failed.push(...failed);
  report.seconds += seconds;
  for (const [figure, by] of Object.entries(figures)) {
    report.figures[figure] = (report.figures[figure] ?? 0) + by;
  }
}

/**
 * Runs a command for every tenant, some of them at once, each under a lease. A tenant that fails
 * is recorded and stops nobody else.
 */
export async function runJob(
  command: string,
  tenants: readonly Tenant[],
  job: TenantJob,
  parts: JobParts,
): Promise<JobReport> {
  const started = performance.now();
  const owner = randomUUID();
  const report = emptyReport(command);
  const count = (figure: string, by = 1): void => {
    report.figures[figure] = (report.figures[figure] ?? 0) + by;
  };
  const waiting = [...tenants].sort((a, b) => (a.tenant_hash < b.tenant_hash ? -1 : 1));
  const worker = async (): Promise<void> => {
    for (let tenant = waiting.shift(); tenant; tenant = waiting.shift()) {
      const { tenant_hash } = tenant;
      const logger = parts.logger.child({ command, tenant: tenant_hash });
      try {
        const ran = await takeTurn(command, tenant, job, owner, { ...parts, logger }, count);
        (ran ? report.done : report.held).push(tenant_hash);
        if (!ran) logger.info('another run is at this tenant');
      } catch (error) {
        const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        report.failed.push({ tenant: tenant_hash, error: text });
        logger.error({ err: error }, 'this tenant failed; the next run tries again');
        await parts.store
          .recordFailure(command, tenant_hash, text, Date.now())
          .catch((cause: unknown) => logger.error({ err: cause }, 'the failure is not recorded'));
      }
    }
  };
  await Promise.all(Array.from({ length: parts.parallel }, worker));
  report.seconds = (performance.now() - started) / 1_000;
  return report;
}

/** false: another run holds the tenant, or has taken it over. */
async function takeTurn(
  command: string,
  tenant: Tenant,
  job: TenantJob,
  owner: string,
  { store, scope, logger, leaseMs }: JobParts,
  count: Turn['count'],
): Promise<boolean> {
  const lease = await waitForLease(store, { command, scope }, tenant.tenant_hash, owner, leaseMs);
  if (!lease) return false;
  reached('leased');
  let lost: LeaseLostError | undefined;
  const renewing = setInterval(() => {
    store.renew(lease, Date.now(), leaseMs).catch((error: unknown) => {
      // Any other error may pass; should it last, the lease expires and the fence holds.
      if (error instanceof LeaseLostError) lost = error;
    });
  }, leaseMs / 3);
  const alive = (): void => {
    if (lost) throw lost;
  };
  try {
    await withSpan(`job.${command}`, { attributes: { 'job.fence': lease.fence } }, () =>
      job({
        tenant,
        checkpoint: lease.checkpoint,
        logger,
        count,
        alive,
        save: async (checkpoint) => {
          alive();
          await store.saveCheckpoint(lease, checkpoint);
          reached('checkpoint');
        },
      }),
    );
    await store.clearFailure(command, tenant.tenant_hash);
    return true;
  } catch (error) {
    if (error instanceof LeaseLostError) return false;
    throw error;
  } finally {
    clearInterval(renewing);
    await store.release(lease).catch(() => undefined);
  }
}

/** Waits a little longer than a lease lasts: whoever died while holding it is out of it then. */
async function waitForLease(
  store: JobStore,
  what: Pick<Lease, 'command' | 'scope'>,
  tenantHash: string,
  owner: string,
  leaseMs: number,
): Promise<Lease | undefined> {
  const deadline = Date.now() + leaseMs * 1.2;
  for (;;) {
    const lease = await store.acquire(what, tenantHash, owner, Date.now(), leaseMs);
    if (lease || Date.now() >= deadline) return lease;
    await sleep(leaseMs / 10);
  }
}
