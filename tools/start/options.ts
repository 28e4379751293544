/** `npm start -- …` */
import { parseArgs } from 'node:util';

export interface StartOptions {
  /** No demo data, no live visitors. */
  empty: boolean;
  /** What stands for the 30-minute rule, milliseconds. */
  idleMs: number;
  /** Visits to the demo's widgets in its past. */
  visits: number;
  ports: Ports;
  help: boolean;
}

export interface Ports {
  ingest: number;
  query: number;
  sessionizer: number;
  nats: number;
  tables: number;
  objects: number;
  site: number;
}

export const USAGE = `npm start -- [options]
  --empty            no demo data and no live visitors
  --visits <n>       how many visits the demo's past of 120 days has (default 3600)
  --idle <duration>  a session without an event for this long is over (default 30m), e.g. 20s, 5m
  --port-base <n>    first of seven ports in a row (default 4100): ingest, query, sessionizer,
                     NATS, tables, objects, the demo's website`;

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const DEFAULT_IDLE = '30m';
const DEFAULT_PORT_BASE = 4100;
const DEFAULT_VISITS = 3_600;

/** @throws Error with a message for people */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text.trim()) ?? [];
  const ms = Math.round(Number(amount) * UNITS[unit as keyof typeof UNITS]);
  if (!(ms > 0)) throw new Error(`"${text}" is not a duration: say 20s, 5m, 1.5h or 500ms`);
  return ms;
}

export function portsFrom(base: number): Ports {
  const ports = ['ingest', 'query', 'sessionizer', 'nats', 'tables', 'objects', 'site'] as const;
  if (!Number.isInteger(base) || base < 1 || base + ports.length > 65_536) {
    throw new Error(`--port-base must be a port number below ${65_536 - ports.length}`);
  }
  return Object.fromEntries(ports.map((name, i) => [name, base + i])) as unknown as Ports;
}

/** @throws Error with a message for people */
export function parseStartOptions(args: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      empty: { type: 'boolean', default: false },
      idle: { type: 'string', default: DEFAULT_IDLE },
      visits: { type: 'string', default: String(DEFAULT_VISITS) },
      'port-base': { type: 'string', default: String(DEFAULT_PORT_BASE) },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const idleMs = parseDuration(values.idle);
  if (idleMs < 1_000) throw new Error('--idle must be at least 1s');
  const visits = Number(values.visits);
  if (!Number.isInteger(visits) || visits < 1) throw new Error('--visits must be a whole number');
  return {
    empty: values.empty,
    idleMs,
    visits,
    ports: portsFrom(Number(values['port-base'])),
    help: values.help,
  };
}
