import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject, Tenant } from '@picasso/contracts';
import { type JobStore, type Lease, LeaseLostError, type Run, type RunLog } from '@picasso/storage';
import { withSpan } from '@picasso/telemetry';
import type { Logger } from 'pino';
import { reached } from '../fault-points.ts';
import { errorText, recordRun } from './record-run.ts';

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
  runs: RunLog;
  /** The days that were asked for, for the record. */
  range: Run['range'];
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

/** Records a run of a command over any number of tenants while `work` fills its report. */
export async function recordReport(
  report: JobReport,
  parts: Pick<JobParts, 'runs' | 'leaseMs' | 'logger' | 'range'>,
  { tenants, total }: { tenants: readonly string[]; total: number | null },
  work: () => Promise<void>,
): Promise<JobReport> {
  const { command, done, held, failed } = report;
  const [only = null, ...others] = tenants;
  await recordRun(
    parts,
    { command, tenant_hash: others.length > 0 ? null : only, range: parts.range, turn: false },
    () => ({
      progress: { done: done.length + held.length + failed.length, total },
      counts: { ...report.figures },
    }),
    work,
    () =>
      failed.length === 0
        ? { state: 'done', error: null }
        : {
            state: 'failed',
            error: failed
              .map(({ tenant, error }) => `${tenant}: ${error}`)
              .join('; ')
              .slice(0, 2_000),
          },
  );
  return report;
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
  const report = emptyReport(command);
  const hashes = tenants.map(({ tenant_hash }) => tenant_hash);
  await recordReport(report, parts, { tenants: hashes, total: hashes.length }, () =>
    takeTurns(report, tenants, job, parts),
  );
  report.seconds = (performance.now() - started) / 1_000;
  return report;
}

/** Adds to `report` what became of each tenant. */
export async function takeTurns(
  report: JobReport,
  tenants: readonly Tenant[],
  job: TenantJob,
  parts: JobParts,
): Promise<void> {
  const { command } = report;
  const owner = randomUUID();
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
        const text = errorText(error);
        report.failed.push({ tenant: tenant_hash, error: text });
        logger.error({ err: error }, 'this tenant failed; the next run tries again');
        await parts.store
          .recordFailure(command, tenant_hash, text, Date.now())
          .catch((cause: unknown) => logger.error({ err: cause }, 'the failure is not recorded'));
      }
    }
  };
  await Promise.all(Array.from({ length: parts.parallel }, worker));
}

/** false: another run holds the tenant, or has taken it over. */
async function takeTurn(
  command: string,
  tenant: Tenant,
  job: TenantJob,
  owner: string,
  parts: JobParts,
  countAll: Turn['count'],
): Promise<boolean> {
  const { store, scope, logger, leaseMs, range } = parts;
  const { tenant_hash } = tenant;
  const lease = await waitForLease(store, { command, scope }, tenant_hash, owner, leaseMs);
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
  const counts: Record<string, number> = {};
  const turn: Turn = {
    tenant,
    checkpoint: lease.checkpoint,
    logger,
    count: (figure, by = 1) => {
      counts[figure] = (counts[figure] ?? 0) + by;
      countAll(figure, by);
    },
    alive,
    save: async (checkpoint) => {
      alive();
      await store.saveCheckpoint(lease, checkpoint);
      reached('checkpoint');
    },
  };
  let kept = false;
  const work = async (): Promise<boolean> => {
    try {
      await withSpan(`job.${command}`, { attributes: { 'job.fence': lease.fence } }, () =>
        job(turn),
      );
      await store.clearFailure(command, tenant_hash);
      kept = true;
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
    }
    return kept;
  };
  try {
    return await recordRun(
      parts,
      { command, tenant_hash, range, turn: true },
      () => ({ progress: { done: kept ? 1 : 0, total: 1 }, counts }),
      work,
      (done) =>
        done
          ? { state: 'done', error: null }
          : { state: 'interrupted', error: 'another run has taken the tenant over' },
    );
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
