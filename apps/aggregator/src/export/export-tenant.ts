import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Tenant } from '@picasso/contracts';
import { FIGURES_SECTIONS, orderEvents } from '@picasso/domain';
import {
  ArchiveReader,
  ArchiveStore,
  DailyReader,
  ItemClicksReader,
  type Objects,
  SiteTrafficStore,
  type Tables,
  allSessions,
  readEvents,
  stableJson,
} from '@picasso/storage';
import type { TenantJob } from '../jobs/run-job.ts';

export interface ExportOptions {
  tables: Tables;
  objects: Objects;
  /** A folder per tenant is made in it. */
  out: string;
}

/**
 * Everything that is kept of a tenant, as files: its settings (without keys), every session with
 * its summary and steps, item counters, daily aggregates, visits that the site's own analytics
 * count. Written anew by every run.
 */
export function exportJob({ tables, objects, out }: ExportOptions): TenantJob {
  return async ({ tenant, count, alive }) => {
    const { tenant_hash } = tenant;
    const folder = join(out, tenant_hash);
    await mkdir(folder, { recursive: true });
    const write = async (name: string, lines: AsyncIterable<unknown> | Iterable<unknown>) => {
      const written = async function* (): AsyncGenerator<string> {
        for await (const line of lines) {
          alive();
          count(`exported_${name.replace(/\..*$/, '')}`);
          yield `${stableJson(line)}\n`;
        }
      };
      // A full disk fails this tenant, not the process.
      await pipeline(written, createWriteStream(join(folder, name)));
    };
    await write('tenant.json', [withoutKeys(tenant)]);
    await write('sessions.jsonl', sessionsOf(tables, objects, tenant_hash));
    await write('items.jsonl', await new ItemClicksReader(tables).all(tenant_hash));
    const always = { from: '0000-00-00', to: '9999-99-99' };
    await write(
      'daily.jsonl',
      await new DailyReader(tables).days(tenant_hash, always, FIGURES_SECTIONS),
    );
    await write(
      'visits.jsonl',
      (await new SiteTrafficStore(tables).read(tenant_hash, always)).rows,
    );
  };
}

const withoutKeys = ({ write_keys: _write, server_key: _server, ...tenant }: Tenant): unknown =>
  tenant;

/** `{summary, steps}` of every session, from the tables and, where those have let go, the archive. */
async function* sessionsOf(
  tables: Tables,
  objects: Objects,
  tenantHash: string,
): AsyncGenerator<unknown> {
  const reader = new ArchiveReader(tables, objects);
  const seen = new Set<string>();
  for await (const page of allSessions(tables, tenantHash)) {
    for (const { key, row } of page) {
      seen.add(key.session_id);
      const stored = orderEvents(await readEvents(tables, key));
      const archived =
        stored.length > 0 ? undefined : await reader.archivedJourney(tenantHash, key.session_id);
      yield {
        session_id: key.session_id,
        summary: row.summary ?? archived?.summary ?? null,
        steps: archived?.steps ?? stored,
      };
    }
  }
  const { days } = await new ArchiveStore(tables, objects).contents(tenantHash);
  for (const day of days) {
    for (const summary of await reader.summariesOfUtcDay(tenantHash, day)) {
      if (seen.has(summary.session_id)) continue;
      const journey = await reader.archivedJourney(tenantHash, summary.session_id);
      yield { session_id: summary.session_id, summary, steps: journey?.steps ?? [] };
    }
  }
}
