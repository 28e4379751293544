import { randomBytes } from 'node:crypto';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Tables } from '../tables.ts';
import { newest, timeOrderedId } from './newest.ts';

export const RUN_STATES = ['running', 'done', 'failed', 'interrupted'] as const;
/** `interrupted`: its process died, or another one took its tenant over. */
export type RunState = (typeof RUN_STATES)[number];

/** One run of a command, or one tenant's turn in it. */
export interface Run {
  run_id: string;
  command: string;
  /** null: of several tenants. */
  tenant_hash: string | null;
  /** The days that were asked for; null where the command found its days itself. */
  range: { from: string; to: string } | null;
  state: RunState;
  started_ms: number;
  finished_ms: number | null;
  /** Tenants. */
  progress: { done: number; total: number | null };
  /** What it did so far, by figure. */
  counts: Record<string, number>;
  error: string | null;
}

/** What a run says while it goes on. */
export type RunProgress = Pick<Run, 'state' | 'progress' | 'counts' | 'error'>;

const KEPT_MS = 30 * 86_400_000;
/** All runs, and those of each tenant. */
const partition = (tenantHash?: string): string => (tenantHash ? `RUNS#${tenantHash}` : 'RUNS');

/** Runs of the aggregator's commands, in the jobs table, for 30 days. Each has one writer. */
export class RunLog {
  constructor(private readonly tables: Tables) {}

  /**
   * @param aliveMs a run that says nothing for so long counts as interrupted
   * @param turn a tenant's turn, to be listed with the tenant's
   */
  begin(
    what: Pick<Run, 'command' | 'tenant_hash' | 'range'>,
    { turn, aliveMs }: { turn: boolean; aliveMs: number },
  ): (progress: RunProgress) => Promise<void> {
    const started_ms = Date.now();
    const sk = timeOrderedId(started_ms, randomBytes(6));
    const pk = partition(turn ? (what.tenant_hash ?? undefined) : undefined);
    return async (progress) => {
      const nowMs = Date.now();
      const { counts, ...rest } = progress;
      const Item = {
        ...{ pk, sk, ...what, ...rest, counts: JSON.stringify(counts), started_ms },
        finished_ms: progress.state === 'running' ? null : nowMs,
        alive_until_ms: nowMs + aliveMs,
        expires_at: Math.ceil((started_ms + KEPT_MS) / 1_000),
      };
      await this.tables.doc.send(new PutCommand({ TableName: this.tables.names.jobs, Item }));
    };
  }

  /** Newest first: of a tenant its turns, without one the runs as they were started. */
  async list(
    query: {
      tenant?: string | undefined;
      command?: string | undefined;
      after?: string | undefined;
      limit: number;
    },
    nowMs: number,
  ): Promise<{ items: Run[]; after: string | undefined }> {
    const { tenant, command, after, limit } = query;
    const pk = partition(tenant);
    const page = await newest(this.tables, { pk, after, limit, equal: { command } });
    return { items: page.items.map((item) => runOf(item, nowMs)), after: page.after };
  }
}

function runOf(item: Record<string, unknown>, nowMs: number): Run {
  const row = item as unknown as Run & { sk: string; alive_until_ms: number };
  const died = row.state === 'running' && row.alive_until_ms < nowMs;
  return {
    run_id: row.sk,
    command: row.command,
    tenant_hash: row.tenant_hash,
    range: row.range,
    state: died ? 'interrupted' : row.state,
    started_ms: row.started_ms,
    finished_ms: row.finished_ms,
    progress: row.progress,
    counts: JSON.parse(item['counts'] as string) as Record<string, number>,
    error: row.error,
  };
}
