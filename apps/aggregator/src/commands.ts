import type { Tenant } from '@picasso/contracts';
import { WorkQueue } from '@picasso/messaging';
import {
  type ErasureScope,
  JobStore,
  RunLog,
  TenantStore,
  provisionObjects,
  provisionTables,
} from '@picasso/storage';
import { archiveJob } from './archive/archive.ts';
import { restoreJob } from './archive/restore.ts';
import { backfillJob } from './backfill/backfill.ts';
import { type Invocation, UsageError } from './cli.ts';
import { dailyJob } from './daily/daily.ts';
import { Erasures } from './erase/run-erasures.ts';
import { exportJob } from './export/export-tenant.ts';
import { inventoryJob } from './inventory/inventory.ts';
import {
  type JobParts,
  type JobReport,
  type TenantJob,
  emptyReport,
  recordReport,
  runJob,
  takeTurns,
} from './jobs/run-job.ts';
import { recountJob } from './recount/recount.ts';
import type { Surroundings } from './surroundings.ts';

interface Job {
  job: TenantJob;
  /** Commands that write the same things share a lease. */
  scope: string;
}

/** Writers of the archive: one at a time for a tenant. */
const ARCHIVE = 'archive';

function exportOf({ out }: Invocation, { tables, objects }: Surroundings): TenantJob {
  if (!out) throw new UsageError('export-tenant needs --out');
  return exportJob({ tables, objects, out });
}

function scopeOf({ session, visitor, range }: Invocation): ErasureScope {
  if (session !== undefined) return { session_id: session };
  if (visitor !== undefined) return { ga_client_id: visitor };
  return range ?? { tenant: true };
}

function jobOf(invocation: Invocation, surroundings: Surroundings): Job {
  const { tables, objects, nowMs } = surroundings;
  const { command, range } = invocation;
  switch (command) {
    case 'provision':
    case 'erase':
      throw new UsageError(`${command} is no job of its tenants' turns`);
    case 'daily':
      return { scope: command, job: dailyJob({ tables, nowMs, range }) };
    case 'recount':
      return { scope: command, job: recountJob({ tables, nowMs, range }) };
    case 'archive':
      return { scope: ARCHIVE, job: archiveJob({ tables, objects, nowMs, range }) };
    case 'restore':
      if (!range) throw new UsageError('restore needs --from and --to');
      return { scope: ARCHIVE, job: restoreJob({ tables, objects, nowMs, range }) };
    case 'backfill': {
      const { file, out } = invocation;
      if (!file) throw new UsageError('backfill needs --file');
      return { scope: ARCHIVE, job: backfillJob({ tables, objects, nowMs, file, out }) };
    }
    case 'export-tenant':
      return { scope: command, job: exportOf(invocation, surroundings) };
    case 'inventory': {
      const { configBucket } = surroundings.config;
      const configs = { ...objects, bucket: configBucket };
      return { scope: command, job: inventoryJob({ tables, objects: configs, nowMs }) };
    }
  }
}

/** @throws UsageError for a tenant that nobody knows */
async function tenantsOf(invocation: Invocation, store: TenantStore): Promise<Tenant[]> {
  if (invocation.tenants.length === 0) return store.list();
  return Promise.all(
    invocation.tenants.map(async (hash) => {
      const tenant = await store.get(hash);
      if (!tenant) throw new UsageError(`there is no tenant ${hash}`);
      return tenant;
    }),
  );
}

/** Runs a command to its end for all of its tenants. */
export async function runCommand(
  invocation: Invocation,
  surroundings: Surroundings,
): Promise<JobReport> {
  const { tables, logger, config, nowMs } = surroundings;
  const { command } = invocation;
  if (command === 'provision') {
    await provisionTables(tables);
    const { lifecycle } = await provisionObjects(surroundings.objects);
    if (!lifecycle) logger.warn('this object store has no lifecycles: only `archive` deletes');
    return emptyReport(command);
  }
  const store = new TenantStore(tables);
  const { parallel, leaseMs } = config;
  const { range = null } = invocation;
  const runs = new RunLog(tables);
  const common = { store: new JobStore(tables), runs, range, logger, parallel, leaseMs };
  if (command === 'erase') {
    return erase(invocation, surroundings, { ...common, scope: ARCHIVE });
  }
  const { job, scope } = jobOf(invocation, surroundings);
  const parts = { ...common, scope };

  if (!invocation.work) {
    const tenants = await tenantsOf(invocation, store);
    logger.info({ command, tenants: tenants.length }, 'started');
    if (!invocation.enqueue) return runJob(command, tenants, job, parts);
    const queue = new WorkQueue(await surroundings.broker(), command);
    const hashes = tenants.map(({ tenant_hash }) => tenant_hash);
    return { ...emptyReport(command), figures: { enqueued: await queue.add(hashes, nowMs) } };
  }

  const queue = new WorkQueue(await surroundings.broker(), command);
  const report = emptyReport(command);
  return recordReport(report, parts, { tenants: [], total: null }, async () => {
    await queue.drain(parallel, async (tenantHash) => {
      const tenant = await store.get(tenantHash);
      if (tenant) await takeTurns(report, [tenant], job, { ...parts, parallel: 1 });
    });
  });
}

async function erase(
  invocation: Invocation,
  surroundings: Surroundings,
  parts: JobParts,
): Promise<JobReport> {
  const erasures = new Erasures(surroundings, parts);
  if (invocation.work) return erasures.serve();
  if (invocation.requested) return erasures.eraseRequested();
  const [tenant] = await tenantsOf(invocation, new TenantStore(surroundings.tables));
  if (!tenant) throw new UsageError('erase needs one --tenant');
  const exportFirst = invocation.out ? exportOf(invocation, surroundings) : undefined;
  return erasures.eraseNow(tenant, scopeOf(invocation), exportFirst);
}
