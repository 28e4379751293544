import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { call } from '../../api/api.ts';
import { runsList, type RunDto } from '../../api/generated/index.ts';
import { reading } from '../../api/reading.ts';
import { Freshness } from '../../live/freshness.ts';
import { Live } from '../../live/live.ts';
import { Chip } from '../../ui/chip.ts';
import { age, count, duration, readable } from '../../ui/format.ts';
import { ListPages } from '../../ui/list-pages.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { ALL, Pills } from '../../ui/pills.ts';
import { StateView } from '../../ui/state.ts';
import { tenantDirectory } from '../tenant-names.ts';

const COMMANDS = ['daily', 'archive', 'recount', 'erase', 'backfill', 'restore', 'inventory'];
const STATES = {
  running: { label: 'Running', tone: 'info' },
  done: { label: 'Done', tone: 'accent' },
  failed: { label: 'Failed', tone: 'danger' },
  interrupted: { label: 'Interrupted', tone: 'warning' },
} as const;

const progressText = ({ progress: { done, total } }: RunDto): string =>
  total === null ? `${count(done)} tenants` : `${count(done)} of ${count(total)} tenants`;

/** What the aggregator did, and does. */
@Component({
  selector: 'uja-runs-page',
  imports: [Chip, Freshness, ListPages, PageHeader, Pills, RouterLink, StateView],
  templateUrl: './runs-page.html',
  styleUrl: './runs-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RunsPage {
  private readonly live = inject(Live);
  private readonly router = inject(Router);
  private readonly params = toSignal(inject(ActivatedRoute).queryParams, { initialValue: {} });
  private readonly directory = tenantDirectory();

  protected readonly query = computed(() => {
    const { command, of, cursor } = this.params() as Record<string, string | undefined>;
    return { command: command || undefined, tenant: of || undefined, cursor: cursor || undefined };
  });
  protected readonly list = reading(
    () => ({ ...this.query(), limit: 25 }),
    (query, signal) => call(runsList({ query, signal })),
    {
      isEmpty: ({ items, next_cursor }) => items.length === 0 && next_cursor === null,
      isLive: () => true,
    },
  );
  protected readonly rows = computed(() =>
    (this.list.value()?.items ?? []).map((run) => {
      const started = Date.parse(run.started_at);
      const ended = run.finished_at ? Date.parse(run.finished_at) : this.live.now();
      return {
        ...run,
        ...STATES[run.state],
        title: readable(run.command),
        whose: run.tenant_hash ? this.directory.name(run.tenant_hash) : progressText(run),
        days: run.range && `${run.range.from} – ${run.range.to}`,
        when: age(this.live.now() - started),
        took: duration(ended - started),
        share: run.progress.total ? (run.progress.done / run.progress.total) * 100 : null,
        figures: Object.entries(run.counts)
          .filter(([, value]) => value !== 0)
          .map(([name, value]) => `${readable(name).toLowerCase()} ${count(value)}`)
          .join(' · '),
      };
    }),
  );
  protected readonly commands = [ALL, ...COMMANDS.map((id) => ({ id, label: readable(id) }))];
  protected readonly tenants = this.directory.items;

  protected ofTenant(hash: string): void {
    void this.router.navigate([], {
      queryParams: { of: hash || null, cursor: null },
      queryParamsHandling: 'merge',
    });
  }
}
