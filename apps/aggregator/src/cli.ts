import { parseArgs } from 'node:util';
import { isDay } from '@picasso/domain';

export const COMMANDS = [
  'provision',
  'daily',
  'recount',
  'inventory',
  'archive',
  'backfill',
  'restore',
  'erase',
  'export-tenant',
] as const;
export type Command = (typeof COMMANDS)[number];

/** A command line that makes no sense; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Invocation {
  command: Command;
  /** Empty: all of them. */
  tenants: string[];
  /** `yyyy-mm-dd`, inclusive. */
  range: { from: string; to: string } | undefined;
  /** backfill: JSON lines, `-` for standard input. */
  file: string | undefined;
  /** export-tenant, erase of a tenant: folder to export to. */
  out: string | undefined;
  session: string | undefined;
  /** erase: a `ga_client_id`. */
  visitor: string | undefined;
  /** erase: everything of the tenant. */
  all: boolean;
  withoutExport: boolean;
  /** Hands tenants to a work queue instead of working on them. */
  enqueue: boolean;
  /** daily: takes tenants from the work queue until it is empty. erase: waits for requests. */
  work: boolean;
  /** erase: what the API's users have requested. */
  requested: boolean;
}

export const USAGE = `usage: main.js <command> [options]

commands
  provision       create tables, bucket and lifecycle; safe at every deployment
  daily           aggregate yesterday and every dirty day (--from and --to: these days)
  recount         set counters, tallies and days from the sessions
  inventory       read tenant configurations from S3 and keep a dated snapshot
  archive         move settled events and summaries to S3, delete what is older than a year
  backfill        import complete historical sessions: --tenant T --file history.jsonl
  restore         bring archived summaries of the last 90 days back: --from --to
  erase           --tenant T and one of --session, --visitor, --all, or --from with --to;
                  or what was requested through the API: --requested, --work
  export-tenant   everything of a tenant as files: --tenant T --out folder

options
  --tenant T      one tenant hash; may be repeated; all tenants without it
  --from, --to    days, yyyy-mm-dd, inclusive
  --enqueue       daily: hand the tenants to a work queue
  --work          daily: take tenants from the work queue until it is empty;
                  erase: wait for requests until the process is asked to end
  --requested     erase: carry out everything that was requested, then end
  --out folder    export-tenant; erase --all: export there first
  --without-export  erase --all: no export wanted

exit codes: 0 done, 1 some tenants failed and are recorded, 2 usage or configuration
`;

const DAYS = ['tenant', 'from', 'to'];

/** What each command looks at: an option that would say nothing was meant for something else. */
const OPTIONS: Record<Command, readonly string[]> = {
  provision: [],
  daily: [...DAYS, 'enqueue', 'work'],
  recount: DAYS,
  inventory: ['tenant'],
  archive: DAYS,
  backfill: ['tenant', 'file', 'out'],
  restore: DAYS,
  erase: [...DAYS, 'session', 'visitor', 'all', 'out', 'without-export', 'work', 'requested'],
  'export-tenant': ['tenant', 'out'],
};

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        tenant: { type: 'string', multiple: true, default: [] },
        from: { type: 'string' },
        to: { type: 'string' },
        file: { type: 'string' },
        out: { type: 'string' },
        session: { type: 'string' },
        visitor: { type: 'string' },
        all: { type: 'boolean', default: false },
        'without-export': { type: 'boolean', default: false },
        enqueue: { type: 'boolean', default: false },
        work: { type: 'boolean', default: false },
        requested: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** @throws UsageError */
export function readInvocation(args: readonly string[]): Invocation {
  const { values, positionals } = parse(args);
  const command = COMMANDS.find((known) => known === positionals[0]);
  if (!command || positionals.length !== 1) {
    throw new UsageError(`a command is one of ${COMMANDS.join(', ')}`);
  }
  const { tenant: tenants, from, to, file, out, session, visitor, all, enqueue, work } = values;
  const { requested } = values;
  for (const [name, value] of Object.entries(values)) {
    // An unset variable of a script is no wish for nothing.
    if ([value].flat().includes('')) throw new UsageError(`--${name} is empty`);
  }
  for (const day of [from, to]) {
    if (day !== undefined && !isDay(day))
      throw new UsageError(`"${day}" is no day like 2026-11-22`);
  }
  if ((from === undefined) !== (to === undefined)) throw new UsageError('--from needs --to');
  if (from !== undefined && to !== undefined && from > to) {
    throw new UsageError('--from lies after --to');
  }
  const range = from !== undefined && to !== undefined ? { from, to } : undefined;
  // Requests name their tenants themselves.
  const queued = command === 'erase' && (work || requested);
  const one = ['backfill', 'erase', 'export-tenant'].includes(command) && !queued;
  if (one && tenants.length !== 1) throw new UsageError(`${command} needs one --tenant`);
  if (command === 'backfill' && !file) throw new UsageError('backfill needs --file');
  if (command === 'restore' && !range) throw new UsageError('restore needs --from and --to');
  if (command === 'export-tenant' && !out) throw new UsageError('export-tenant needs --out');
  if (enqueue && work) throw new UsageError('--enqueue or --work, not both');
  if ((enqueue && command !== 'daily') || (work && command !== 'daily' && command !== 'erase')) {
    throw new UsageError('the work queue is for daily and erase');
  }
  if (requested && (command !== 'erase' || work)) {
    throw new UsageError('--requested is for erase, without --work');
  }
  if (command === 'daily' && work && (tenants.length > 0 || range)) {
    throw new UsageError('--work takes tenants from the queue: --tenant, --from, --to say nothing');
  }
  const withoutExport = values['without-export'];
  if (command === 'erase') {
    const selectors = [session, visitor, range, all || undefined].filter((x) => x !== undefined);
    if (queued && (selectors.length > 0 || tenants.length > 0 || out)) {
      throw new UsageError('requests say themselves what is to be erased');
    }
    if (!queued && selectors.length !== 1) {
      throw new UsageError('erase needs one of --session, --visitor, --all, or --from with --to');
    }
    if (all && (out !== undefined) === withoutExport) {
      throw new UsageError('erase --all needs --out for the export, or --without-export');
    }
    if (!all && withoutExport) throw new UsageError('--without-export is for erase --all');
  }
  for (const [name, value] of Object.entries(values)) {
    const given = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
    if (given && !OPTIONS[command].includes(name)) {
      throw new UsageError(`--${name} is not for ${command}`);
    }
  }
  return {
    command,
    tenants,
    range,
    file,
    out,
    session,
    visitor,
    all,
    withoutExport,
    enqueue,
    work,
    requested,
  };
}

/** Whether the command does all that is due, and does it itself. */
export const isWhole = ({ tenants, range, enqueue }: Invocation): boolean =>
  tenants.length === 0 && range === undefined && !enqueue;
