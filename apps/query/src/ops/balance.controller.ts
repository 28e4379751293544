import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SESSIONIZER_CONSUMER, STREAMS, SUBJECTS } from '@picasso/contracts';
import { type Broker, consumerInfo } from '@picasso/messaging';
import { LedgerStore, NO_COUNTS, type LedgerCounts, type Tables } from '@picasso/storage';
import { Roles } from '../auth/roles.ts';
import { BrokerLink } from '../broker-link.ts';
import { ApiProblems } from '../http/api-problems.ts';
import { TABLES } from '../tokens.ts';
import { BalanceDto } from './balance.dto.ts';
import { MOST_MESSAGES, waitingEvents } from './waiting-events.ts';

const iso = (ms: number): string => new Date(ms).toISOString();
const MOST_READS = 3;

/** Where every accepted event is, from durable state: the sessionizer's ledger and the stream. */
@ApiTags('ops')
@Roles('ops')
@Controller('analytics/ops/balance')
export class BalanceController {
  private readonly ledger: LedgerStore;

  constructor(
    @Inject(BrokerLink) private readonly link: BrokerLink,
    @Inject(TABLES) tables: Tables,
  ) {
    this.ledger = new LedgerStore(tables);
  }

  @Get()
  @ApiOperation({
    summary: 'accepted = stored + duplicates + dead-lettered + waiting + missing, by tenant',
    description:
      'What was accepted is counted since the ledger began, not since a process started.',
  })
  @ApiOkResponse({ type: BalanceDto })
  @ApiProblems('forbidden', 'unavailable')
  async balance(): Promise<BalanceDto> {
    const broker = this.link.get();
    const now = Date.now();
    const { position, totals } = await this.accounts();
    const stream = await broker.jsm.streams.info(STREAMS.events);
    const consumer = await consumerInfo(broker.jsm, STREAMS.events, SESSIONIZER_CONSUMER);
    // Without a consumer nothing was ever processed.
    const floor = consumer?.ack_floor.stream_seq ?? 0;
    const { byTenant, isCut } = await waitingEvents(broker, position, floor);
    const lastSeen = await lastEvents(broker);
    const copies = stream.cluster?.replicas ?? [];
    const hashes = new Set([...totals.keys(), ...byTenant.keys()]);
    return {
      as_of: iso(now),
      waiting_cut_at: isCut ? MOST_MESSAGES : 0,
      open_pulls: consumer?.num_waiting ?? 0,
      stream_replicas: stream.config.num_replicas,
      stream_replicas_current: 1 + copies.filter(({ current }) => current).length,
      tenants: [...hashes].sort().map((tenant_hash) => {
        const counts = totals.get(tenant_hash) ?? NO_COUNTS;
        const { events: waiting = 0, oldestMs = null } = byTenant.get(tenant_hash) ?? {};
        const last = lastSeen.get(tenant_hash);
        return {
          tenant_hash,
          ...counts,
          accepted: counts.accepted + waiting,
          waiting,
          oldest_waiting_at: oldestMs === null ? null : iso(oldestMs),
          watermark: iso(oldestMs ?? now),
          last_event_at: last === undefined ? null : iso(last),
        };
      }),
    };
  }

  /** The ledger moves position and counts at once; they are read one after the other. */
  private async accounts(): Promise<{ position: number; totals: Map<string, LedgerCounts> }> {
    let position = await this.ledger.position();
    for (let reads = 1; ; reads += 1) {
      const totals = await this.ledger.totals();
      const after = await this.ledger.position();
      if (after === position || reads === MOST_READS) return { position: after, totals };
      position = after;
    }
  }
}

/** When each tenant's last message came in, as far as the stream still has it. */
async function lastEvents({ jsm }: Broker): Promise<Map<string, number>> {
  const { state } = await jsm.streams.info(STREAMS.events, { subjects_filter: SUBJECTS.allEvents });
  const found = await Promise.all(
    Object.keys(state.subjects ?? {}).map(async (subject) => {
      const message = await jsm.streams.getMessage(STREAMS.events, { last_by_subj: subject });
      const tenant = subject.slice(subject.lastIndexOf('.') + 1);
      return message ? ([[tenant, message.time.getTime()]] as const) : [];
    }),
  );
  return new Map(found.flat());
}
