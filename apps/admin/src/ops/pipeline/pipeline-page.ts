import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  signal,
} from '@angular/core';
import { DOCUMENT, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide';
import { ApiProblem, call } from '../../api/api.ts';
import { balanceBalance, opsPipeline } from '../../api/generated/index.ts';
import { reading } from '../../api/reading.ts';
import { Freshness } from '../../live/freshness.ts';
import { Live } from '../../live/live.ts';
import { Chip } from '../../ui/chip.ts';
import { age, count, duration, percent } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { Panel } from '../../ui/panel.ts';
import { explain } from '../../ui/problem-text.ts';
import { StateView } from '../../ui/state.ts';
import { reasonLabel } from '../reasons.ts';
import { tenantDirectory } from '../tenant-names.ts';
import { findings, verdict, type Finding } from './health.ts';
import { course, perSecond, withSample, type Sample } from './rates.ts';

const ALL = '*';
const UNREADABLE = 'The pipeline’s state cannot be read: the broker or the tables do not answer.';
const OLD = 'What is below is how it was.';
const STREAMS: Record<string, string> = {
  EVENTS: 'what came in',
  DLQ: 'dead letters',
  SUMMARIES: 'for live views',
};
const MEGABYTE = 1024 ** 2;
const SYMBOLS = { bad: CircleAlert, warning: TriangleAlert, info: CircleCheck };

/** An outage is the broker's or the tables'; anything else says what it is. */
const whyNot = (error: unknown): string =>
  error instanceof ApiProblem && error.status !== 503 ? explain(error).title : UNREADABLE;

const rateText = (rate: number | null): string =>
  rate === null ? '–' : count(rate >= 10 ? Math.round(rate) : Math.round(rate * 10) / 10);

/** Whether the pipeline does what it should: what is wrong comes first. */
@Component({
  selector: 'uja-pipeline-page',
  imports: [Chip, Freshness, Icon, PageHeader, Panel, RouterLink, StateView],
  templateUrl: './pipeline-page.html',
  styleUrl: './pipeline-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PipelinePage {
  private readonly live = inject(Live);
  private readonly document = inject(DOCUMENT);
  private readonly directory = tenantDirectory();

  protected readonly pipeline = reading(
    () => ({}),
    (_, signal) => call(opsPipeline({ signal })),
  );
  protected readonly balance = reading(
    () => ({}),
    (_, signal) => call(balanceBalance({ signal })),
  );
  private readonly samples = signal<readonly Sample[]>([]);

  protected readonly found = computed(() => {
    const pipeline = this.pipeline.value();
    return pipeline ? findings(pipeline, this.balance.value(), this.directory.name) : [];
  });
  protected readonly verdict = computed(() => {
    const state = this.pipeline.state();
    if (state.kind === 'loading') return undefined;
    const first: Finding =
      state.kind === 'ready'
        ? verdict(this.found(), this.balance.value())
        : {
            tone: 'bad',
            text: state.kind === 'error' ? whyNot(state.error) : `${UNREADABLE} ${OLD}`,
          };
    return { ...first, icon: SYMBOLS[first.tone] };
  });
  protected readonly more = computed(() => this.found().filter((each) => each !== this.first()));
  private readonly first = computed(() => this.found().find(({ tone }) => tone !== 'info'));

  protected readonly totals = computed(() => {
    const tenants = this.balance.value()?.tenants ?? [];
    const sum = (field: 'accepted' | 'stored' | 'duplicates' | 'dead_lettered' | 'waiting') =>
      tenants.reduce((n, tenant) => n + tenant[field], 0);
    const missing = tenants.reduce((n, tenant) => n + tenant.missing, 0);
    return {
      accepted: count(sum('accepted')),
      parts: [
        { sign: '=', label: 'Stored', value: count(sum('stored')) },
        { sign: '+', label: 'Duplicates', value: count(sum('duplicates')) },
        { sign: '+', label: 'Dead-lettered', value: count(sum('dead_lettered')) },
        { sign: '+', label: 'Waiting', value: count(sum('waiting')) },
      ],
      missing: missing === 0 ? '' : count(missing),
    };
  });
  protected readonly cards = computed(() => {
    const { sessionizer, streams = [] } = this.pipeline.value() ?? {};
    const depth = (name: string): number =>
      streams.find(({ stream }) => stream === name)?.messages ?? 0;
    const oldest = sessionizer?.oldest_unprocessed_at;
    const {
      open_pulls = 0,
      stream_replicas_current = 0,
      stream_replicas = 0,
    } = this.balance.value() ?? {};
    return [
      {
        label: 'Lag',
        value: oldest ? duration(this.asOf() - Date.parse(oldest)) : 'None',
        note: `${count((sessionizer?.pending ?? 0) + (sessionizer?.in_progress ?? 0))} messages not processed`,
      },
      {
        label: 'Dead letters',
        value: count(depth('DLQ')),
        note: 'kept for 30 days',
      },
      {
        label: 'Replicas',
        value: count(open_pulls),
        note: `sessionizers asking for work; ${stream_replicas_current} of ${stream_replicas} copies of the events`,
      },
    ];
  });
  protected readonly rate = computed(() => rateText(perSecond(this.samples(), ALL)));
  protected readonly bars = computed(() => {
    const rates = course(this.samples(), ALL);
    const most = Math.max(...rates, 1);
    return rates.map((rate) => Math.max(4, (rate / most) * 100));
  });
  protected readonly rows = computed(() =>
    (this.balance.value()?.tenants ?? []).map((tenant) => ({
      hash: tenant.tenant_hash,
      name: this.directory.name(tenant.tenant_hash),
      figures: [
        tenant.accepted,
        tenant.stored,
        tenant.duplicates,
        tenant.dead_lettered,
        tenant.waiting,
      ].map((n) => count(n)),
      missing: tenant.missing === 0 ? '' : count(tenant.missing),
      rate: rateText(perSecond(this.samples(), tenant.tenant_hash)),
      watermark: tenant.oldest_waiting_at
        ? `${duration(this.asOf() - Date.parse(tenant.watermark))} behind`
        : 'Now',
      last: tenant.last_event_at ? age(this.asOf() - Date.parse(tenant.last_event_at)) : '–',
    })),
  );
  protected readonly streams = computed(() =>
    (this.pipeline.value()?.streams ?? []).map(({ stream, messages, bytes, max_bytes }) => ({
      name: stream,
      what: STREAMS[stream] ?? '',
      fill: max_bytes === 0 ? 0 : (bytes / max_bytes) * 100,
      messages: count(messages),
      note:
        max_bytes === 0
          ? `${count(Math.round(bytes / MEGABYTE))} MB, no limit`
          : `${percent(bytes / max_bytes)} of ${count(Math.round(max_bytes / MEGABYTE))} MB`,
    })),
  );
  protected readonly letters = computed(() => {
    const byReason = new Map<string, number>();
    for (const { reason, letters } of this.pipeline.value()?.dead_letters ?? [])
      byReason.set(reason, (byReason.get(reason) ?? 0) + letters);
    return [...byReason]
      .sort(([, a], [, b]) => b - a)
      .map(([reason, letters]) => ({
        reason,
        label: reasonLabel(reason),
        letters: count(letters),
      }));
  });
  private readonly asOf = computed(() => Date.parse(this.balance.value()?.as_of ?? '') || 0);

  constructor() {
    // More often than other pages: every few seconds, with the clock.
    effect(() => {
      this.live.now();
      if (this.document.visibilityState === 'hidden') return;
      untracked(() => {
        this.pipeline.reload();
        this.balance.reload();
      });
    });
    effect(() => {
      const balance = this.balance.value();
      if (!balance) return;
      const counts: Record<string, number> = { [ALL]: 0 };
      for (const { tenant_hash, accepted } of balance.tenants) {
        counts[tenant_hash] = accepted;
        counts[ALL] = (counts[ALL] ?? 0) + accepted;
      }
      const sample = { atMs: Date.parse(balance.as_of), counts };
      this.samples.update((samples) => withSample(samples, sample));
    });
  }
}
