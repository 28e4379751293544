import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { JsonObject } from '@picasso/contracts';
import { JobStore, type Tables, type TenantRecord } from '@picasso/storage';
import type { Principal } from '../auth/principal.ts';
import { TABLES } from '../tokens.ts';

const PREFIX = 'AUDIT#';

/** Who did what to a tenant's data or settings; kept for ever, never with text or keys. */
@Injectable()
export class AuditLog {
  private readonly records: JobStore;

  constructor(@Inject(TABLES) tables: Tables) {
    this.records = new JobStore(tables);
  }

  /** Before the deed: what is not written down is not done. */
  async write(
    { sub, role }: Principal,
    tenantHash: string,
    action: string,
    details: JsonObject = {},
  ): Promise<void> {
    const at = new Date(Date.now()).toISOString();
    const record = { at, action, sub, role, ...details };
    await this.records.saveRecord(tenantHash, `${PREFIX}${at}#${randomUUID()}`, record);
  }

  /** Newest first. */
  read(
    tenantHash: string,
    limit: number,
    after: string | undefined,
  ): Promise<{ items: TenantRecord[]; after: string | undefined }> {
    return this.records.newestRecords(tenantHash, { prefix: PREFIX, after, limit });
  }
}
