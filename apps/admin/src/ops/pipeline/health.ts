/** What is wrong with the pipeline, worst first, in sentences. Pure. */
import type { Params } from '@angular/router';
import type { BalanceDto, PipelineDto } from '../../api/generated/index.ts';
import { age, count, duration, percent } from '../../ui/format.ts';

export interface Finding {
  tone: 'bad' | 'warning' | 'info';
  text: string;
  /** Where more can be seen. */
  path?: string;
  params?: Params;
}

const SLOW_MS = 60_000;
const STUCK_MS = 5 * 60_000;
/** The sessionizer makes room from 70 % on: what is above is not consumed. */
const FILLING = 0.8;
const FULL = 0.95;
/** Lets its oldest messages go when it is full, as it is meant to be. */
const ROLLING = 'SUMMARIES';
const ORDER = { bad: 0, warning: 1, info: 2 } as const;

const events = (n: number): string =>
  n === 1 ? '1 accepted event' : `${count(n)} accepted events`;
const isAre = (n: number): string => (n === 1 ? 'is' : 'are');

export function findings(
  pipeline: PipelineDto,
  balance: BalanceDto | undefined,
  nameOf: (hash: string) => string,
): Finding[] {
  const found = [
    ...lost(balance, nameOf),
    ...late(pipeline, balance),
    ...full(pipeline),
    ...copies(balance),
    ...failed(pipeline, nameOf),
    ...buried(pipeline),
  ];
  return found.sort((a, b) => ORDER[a.tone] - ORDER[b.tone]);
}

const lost = (balance: BalanceDto | undefined, nameOf: (hash: string) => string): Finding[] =>
  (balance?.tenants ?? [])
    .filter(({ missing }) => missing !== 0)
    .map(({ tenant_hash, missing }) => ({
      tone: 'bad',
      text: `${events(missing)} of ${nameOf(tenant_hash)} ${isAre(missing)} missing.`,
    }));

function late({ sessionizer, streams, as_of }: PipelineDto, balance?: BalanceDto): Finding[] {
  if (!sessionizer) {
    const isWaiting = streams.some(({ stream, messages }) => stream === 'EVENTS' && messages > 0);
    return isWaiting
      ? [{ tone: 'bad', text: 'No sessionizer has ever run: what is accepted is not stored.' }]
      : [];
  }
  const { oldest_unprocessed_at, pending } = sessionizer;
  const waitedMs = oldest_unprocessed_at
    ? Date.parse(as_of) - Date.parse(oldest_unprocessed_at)
    : 0;
  if (waitedMs < SLOW_MS) return [];
  const noneAsks = pending > 0 && balance?.open_pulls === 0;
  return [
    {
      tone: waitedMs >= STUCK_MS ? 'bad' : 'warning',
      text: noneAsks
        ? `No sessionizer asks for work; the oldest event has waited for ${duration(waitedMs)}.`
        : `The sessionizers do not keep up: the oldest event has waited for ${duration(waitedMs)}.`,
    },
  ];
}

const full = ({ streams }: PipelineDto): Finding[] =>
  streams
    .filter(({ stream }) => stream !== ROLLING)
    .filter(({ bytes, max_bytes }) => max_bytes > 0 && bytes / max_bytes >= FILLING)
    .map(({ stream, bytes, max_bytes }) => ({
      tone: bytes / max_bytes >= FULL ? 'bad' : 'warning',
      text: `The stream ${stream} is ${percent(bytes / max_bytes, 0)} full; a full one takes nothing in.`,
    }));

const copies = (balance: BalanceDto | undefined): Finding[] =>
  balance && balance.stream_replicas_current < balance.stream_replicas
    ? [
        {
          tone: 'warning',
          text: `${balance.stream_replicas_current} of ${balance.stream_replicas} copies of the events are up to date.`,
        },
      ]
    : [];

const failed = ({ failures, as_of }: PipelineDto, nameOf: (hash: string) => string): Finding[] =>
  failures.map(({ command, tenant_hash, attempts, last_at }) => ({
    tone: 'warning',
    text:
      `The aggregator’s ${command} failed for ${nameOf(tenant_hash)}, ` +
      `${attempts === 1 ? 'once' : `${count(attempts)} times in a row`}, last ${age(Date.parse(as_of) - Date.parse(last_at))}.`,
    path: '/ops/runs',
  }));

function buried({ dead_letters }: PipelineDto): Finding[] {
  const sum = (reasons: (reason: string) => boolean): number =>
    dead_letters.reduce((n, { reason, letters }) => n + (reasons(reason) ? letters : 0), 0);
  const poison = sum((reason) => reason === 'poison');
  const others = sum((reason) => reason !== 'poison');
  const letters = (n: number): string => (n === 1 ? '1 dead letter' : `${count(n)} dead letters`);
  return [
    ...(poison > 0
      ? [
          {
            tone: 'warning' as const,
            text: `${letters(poison)} could not be read or stored.`,
            path: '/ops/dead-letters',
            params: { reason: 'poison' },
          },
        ]
      : []),
    ...(others > 0
      ? [
          {
            tone: 'info' as const,
            text: `${letters(others)} can be looked at, corrected and sent again.`,
            path: '/ops/dead-letters',
          },
        ]
      : []),
  ];
}

/** The first thing that the page says. */
export function verdict(found: readonly Finding[], balance: BalanceDto | undefined): Finding {
  const [worst] = found;
  if (worst && worst.tone !== 'info') return worst;
  const waiting = balance?.tenants.reduce((n, tenant) => n + tenant.waiting, 0) ?? 0;
  const rest =
    waiting === 0 ? 'Nothing waits.' : `${count(waiting)} are on their way or still to be checked.`;
  return { tone: 'info', text: `All is well: every accepted event is accounted for. ${rest}` };
}
