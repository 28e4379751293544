import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { JsonObject } from '@picasso/contracts';
import { JobStore, type Tables } from '@picasso/storage';
import type { Principal } from '../auth/principal.ts';
import { TABLES } from '../tokens.ts';

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
    await this.records.saveRecord(tenantHash, `AUDIT#${at}#${randomUUID()}`, record);
  }

  /** Newest first. */
  async read(tenantHash: string): Promise<{ id: string; record: JsonObject }[]> {
    const records = await this.records.records(tenantHash);
    return records.filter(({ id }) => id.startsWith('AUDIT#')).reverse();
  }
}
