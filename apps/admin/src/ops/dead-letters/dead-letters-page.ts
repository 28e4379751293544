import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  linkedSignal,
  signal,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { ArrowLeft, ArrowRight, ChevronsLeft } from 'lucide';
import { action } from '../../api/action.ts';
import { call } from '../../api/api.ts';
import { opsList, opsPipeline } from '../../api/generated/index.ts';
import { reading } from '../../api/reading.ts';
import { Freshness } from '../../live/freshness.ts';
import { Live } from '../../live/live.ts';
import { Chip } from '../../ui/chip.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.ts';
import { age, count, fullTime } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.ts';
import { Notice } from '../../ui/notice.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { ALL, Pills } from '../../ui/pills.ts';
import { StateView } from '../../ui/state.ts';
import { reasonLabel, REASONS } from '../reasons.ts';
import { tenantDirectory } from '../tenant-names.ts';
import { each, type Deed } from './bulk.ts';
import { AGES, lettersQuery, toApi } from './query.ts';

const DEEDS: Record<Exclude<Deed, 'try'>, { label: string; text: string; isDangerous: boolean }> = {
  replay: {
    label: 'Replay',
    text: 'Each is checked as ingest would, sent on its way as it is, and taken off this list. Those that are still not right stay.',
    isDangerous: false,
  },
  discard: {
    label: 'Discard',
    text: 'They are gone for good: nothing brings them back. Who did it is kept.',
    isDangerous: true,
  },
};

/** Events that were not taken, to be looked at, corrected and sent again. */
@Component({
  selector: 'uja-dead-letters-page',
  imports: [Chip, ConfirmDialog, Freshness, Icon, Notice, PageHeader, Pills, RouterLink, StateView],
  templateUrl: './dead-letters-page.html',
  styleUrls: ['../../ui/list-pages.css', './dead-letters-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DeadLettersPage {
  private readonly live = inject(Live);
  private readonly router = inject(Router);
  private readonly params = toSignal(inject(ActivatedRoute).queryParams, { initialValue: {} });
  protected readonly directory = tenantDirectory();

  protected readonly query = computed(() => lettersQuery(this.params()));
  protected readonly list = reading(
    () => this.query(),
    (query, signal) => call(opsList({ query: toApi(query, Date.now()), signal })),
    {
      isEmpty: ({ items, next_after }) => items.length === 0 && next_after === null,
      isLive: () => true,
    },
  );
  private readonly pipeline = reading(
    () => ({}),
    (_, signal) => call(opsPipeline({ signal })),
    { isLive: () => true },
  );

  /** How many there are, of the tenant that is chosen; nobody counts them by time. */
  protected readonly reasons = computed(() => {
    const { reason: chosen, tenant, since } = this.query();
    const letters = (this.pipeline.value()?.dead_letters ?? []).filter(
      ({ tenant_hash }) => tenant === undefined || tenant_hash === tenant,
    );
    const sum = (reason?: string): number =>
      letters.reduce((n, each) => n + (!reason || each.reason === reason ? each.letters : 0), 0);
    const counted = (reason?: string) => (since ? {} : { count: count(sum(reason)) });
    return [
      { ...ALL, ...counted() },
      ...Object.entries(REASONS)
        .filter(([id]) => id === chosen || sum(id) > 0)
        .map(([id, { label }]) => ({ id, label, ...counted(id) })),
    ];
  });
  protected readonly tenants = computed(() => {
    const { tenant: chosen } = this.query();
    const hashes = new Set((this.pipeline.value()?.dead_letters ?? []).map((l) => l.tenant_hash));
    if (chosen) hashes.add(chosen);
    return [...hashes].sort().map((hash) => ({ hash, name: this.directory.name(hash) }));
  });
  protected readonly rows = computed(() =>
    (this.list.value()?.items ?? []).map((item) => ({
      ...item,
      reason: reasonLabel(item.reason),
      tenant: this.directory.name(item.tenant_hash),
      when: age(this.live.now() - Date.parse(item.last_at)),
      exactly: fullTime(item.last_at, 'UTC'),
    })),
  );

  /** Other pages, other letters. */
  protected readonly chosen = linkedSignal<string, ReadonlySet<number>>({
    source: () => JSON.stringify(this.query()),
    computation: () => new Set(),
  });
  /** What was chosen and is still there. */
  protected readonly seqs = computed(() =>
    this.rows()
      .map(({ seq }) => seq)
      .filter((seq) => this.chosen().has(seq)),
  );
  protected readonly isAll = computed(
    () => this.rows().length > 0 && this.seqs().length === this.rows().length,
  );
  protected readonly asked = signal<Exclude<Deed, 'try'> | undefined>(undefined);
  protected readonly deed = computed(() => {
    const asked = this.asked();
    return asked && { id: asked, ...DEEDS[asked] };
  });
  protected readonly done = signal(0);
  protected readonly bulk = action(async (deed: Deed) => {
    const seqs = this.seqs();
    this.done.set(0);
    const outcomes = await each(seqs, deed, (done) => this.done.set(done));
    return { good: outcomes.filter((o) => o.isGood).length, outcomes, deed };
  });
  protected readonly result = computed(() => {
    const result = this.bulk.result();
    if (!result) return undefined;
    const { good, outcomes, deed } = result;
    const what = { try: 'would be taken', replay: 'sent on their way', discard: 'discarded' }[deed];
    return {
      tone: good === outcomes.length ? ('good' as const) : ('warning' as const),
      text: `${count(good)} of ${count(outcomes.length)} ${what}.`,
      bad: outcomes.filter((outcome) => !outcome.isGood),
    };
  });
  protected readonly ages = Object.entries(AGES);
  protected readonly icons = { ArrowLeft, ArrowRight, ChevronsLeft };

  protected choose(seq: number): void {
    const chosen = new Set(this.chosen());
    if (!chosen.delete(seq)) chosen.add(seq);
    this.chosen.set(chosen);
  }

  protected chooseAll(): void {
    this.chosen.set(new Set(this.isAll() ? [] : this.rows().map(({ seq }) => seq)));
  }

  protected async act(deed: Deed): Promise<void> {
    await this.bulk.run(deed);
    this.asked.set(undefined);
    if (deed === 'try') return;
    this.list.reload();
    this.pipeline.reload();
  }

  protected filter(param: 'of' | 'since', value: string): void {
    void this.router.navigate([], {
      queryParams: { [param]: value || null, after: null },
      queryParamsHandling: 'merge',
    });
  }

  protected back(): void {
    history.back();
  }
}
