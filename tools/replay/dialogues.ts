/**
 * The dialogues: real conversations as widget sessions, with the summaries that an independent
 * reading of the wire contract computes from them. They lie beside the workspace and are never
 * copied into it (their licence is share-alike).
 */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import type { JsonObject } from '@picasso/contracts';

export interface DialogueEvent {
  /** Milliseconds since the session's start. */
  offset_ms: number;
  event_type: string;
  step_number: number;
  sequence_number: number;
  payload: JsonObject;
}

export interface Dialogue {
  session_id: string;
  tenant_hash: string;
  /** Milliseconds since midnight. */
  start_offset_ms: number;
  /** `silent`: nothing is sent at the end, so only the idle rule ends the session. */
  ends: 'closed' | 'unload' | 'silent';
  attribution: JsonObject;
  context: JsonObject;
  events: DialogueEvent[];
}

/** The fields of a summary that the data set knows. */
export interface ExpectedSession {
  session_id: string;
  tenant_hash: string;
  source: [string, string];
  forms: Record<string, { views: number; starts: number; completions: number; abandons: number }>;
  bottlenecks: [string, string | null, number][];
  clicks: Record<string, number>;
  [field: string]: unknown;
}

/** The sums over all of a tenant's sessions. */
export interface ExpectedTenant {
  tenant: string;
  items: Record<string, number>;
  [field: string]: unknown;
}

export interface Dialogues {
  sessions: Dialogue[];
  expected: Map<string, ExpectedSession>;
  /** Sums over all sessions; empty when only some of them are replayed. */
  tenants: Map<string, ExpectedTenant>;
}

export const tenantHashes = ({ sessions }: Dialogues): string[] => [
  ...new Set(sessions.map((session) => session.tenant_hash)),
];

/** Some of the sessions; the sums over all of them then say nothing. */
export const someSessions = (
  dialogues: Dialogues,
  choose: (session: Dialogue, index: number) => boolean,
): Dialogues => {
  const sessions = dialogues.sessions.filter(choose);
  const complete = sessions.length === dialogues.sessions.length;
  return {
    ...dialogues,
    sessions,
    tenants: complete ? dialogues.tenants : new Map<string, ExpectedTenant>(),
  };
};

async function* jsonLines(file: string): AsyncGenerator<unknown> {
  const lines = createInterface({
    input: createReadStream(file).pipe(createGunzip()),
    crlfDelay: Infinity,
  });
  for await (const line of lines) if (line !== '') yield JSON.parse(line);
}

/** Undefined when the data is not there: a clone elsewhere has none, and says so. */
export const readDialogues = async (dir: string): Promise<Dialogues | undefined> => {
  const sessionsFile = join(dir, 'sessions.jsonl.gz');
  const expectedFile = join(dir, 'expected.jsonl.gz');
  if (!existsSync(sessionsFile) || !existsSync(expectedFile)) return undefined;
  const dialogues: Dialogues = { sessions: [], expected: new Map(), tenants: new Map() };
  for await (const line of jsonLines(sessionsFile)) dialogues.sessions.push(line as Dialogue);
  for await (const line of jsonLines(expectedFile)) {
    if ('tenant' in (line as object)) {
      const tenant = line as ExpectedTenant;
      dialogues.tenants.set(tenant.tenant, tenant);
    } else {
      const session = line as ExpectedSession;
      dialogues.expected.set(session.session_id, session);
    }
  }
  return dialogues;
};
