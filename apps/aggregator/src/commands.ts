import type { Tenant } from '@picasso/contracts';
import { JobStore, TenantStore, provisionObjects, provisionTables } from '@picasso/storage';
import { archiveJob } from './archive/archive.ts';
import { restoreJob } from './archive/restore.ts';
import { backfillJob } from './backfill/backfill.ts';
import { type Invocation, UsageError } from './cli.ts';
import { dailyJob } from './daily/daily.ts';
import { eraseJob } from './erase/erase.ts';
import type { Selector } from './erase/find-sessions.ts';
import { exportJob } from './export/export-tenant.ts';
import { inventoryJob } from './inventory/inventory.ts';
import { type JobReport, type TenantJob, addReport, emptyReport, runJob } from './jobs/run-job.ts';
import { WorkQueue } from './jobs/work-queue.ts';
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

function selectorOf({ session, visitor, range }: Invocation): Selector {
  if (session !== undefined) return { kind: 'session', session_id: session };
  if (visitor !== undefined) return { kind: 'visitor', ga_client_id: visitor };
  return range ? { kind: 'range', ...range } : { kind: 'all' };
}

function jobOf(invocation: Invocation, surroundings: Surroundings): Job {
  const { tables, objects, nowMs } = surroundings;
  const { command, range } = invocation;
  switch (command) {
    case 'provision':
      throw new UsageError('provision has no tenants');
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
    case 'erase': {
      const exportFirst = invocation.out ? exportOf(invocation, surroundings) : undefined;
      const selector = selectorOf(invocation);
      const { broker } = surroundings;
      return {
        scope: ARCHIVE,
        job: eraseJob({ tables, objects, broker, nowMs, selector, exportFirst }),
      };
    }
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
  const { job, scope } = jobOf(invocation, surroundings);
  const store = new TenantStore(tables);
  const { parallel, leaseMs } = config;
  const parts = { store: new JobStore(tables), scope, logger, parallel, leaseMs };

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
  await queue.drain(parallel, async (tenantHash) => {
    const tenant = await store.get(tenantHash);
    if (tenant) addReport(report, await runJob(command, [tenant], job, { ...parts, parallel: 1 }));
  });
  return report;
}
