import { Count, ListOf, Moment, MomentOrNull, Name } from '../http/api-fields.ts';

class TenantBalanceDto {
  @Name() tenant_hash!: string;
  @Count('events that were answered 202 and not rejected') accepted!: number;
  @Count() stored!: number;
  @Count('copies that were recognised') duplicates!: number;
  @Count('taken out after they were accepted') dead_lettered!: number;
  @Count('accepted and not accounted for yet') waiting!: number;
  @Count('accounted for and nowhere to be found: a loss') missing!: number;
  @MomentOrNull('when the oldest event that is not processed yet came in')
  oldest_waiting_at!: string | null;
  @Moment('everything that came in before is processed') watermark!: string;
  @MomentOrNull('when the last event that the stream still has came in')
  last_event_at!: string | null;
}

export class BalanceDto {
  @Moment() as_of!: string;
  @Count('of what is waiting only so many messages were looked at; 0: all of them')
  waiting_cut_at!: number;
  @Count('requests for work that sessionizers have open: about one a replica')
  open_pulls!: number;
  @Count('copies of the EVENTS stream that are asked for') stream_replicas!: number;
  @Count('copies that are up to date, the leader included') stream_replicas_current!: number;
  @ListOf(() => TenantBalanceDto, 'by hash') tenants!: TenantBalanceDto[];
}
