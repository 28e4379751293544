import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { ArrowRight, Search } from 'lucide';
import { call } from '../api/api.ts';
import { submissionsSubmissions, type SubmissionsSubmissionsData } from '../api/generated/index.ts';
import { tableExports } from '../exports/export-choice.ts';
import { ExportMenu } from '../exports/export-menu.ts';
import { figures, pageScope } from '../figures/figures.ts';
import { WITHOUT_PAGE_PARAMS } from '../figures/sessions-link.ts';
import { sourceLabel } from '../figures/source-label.ts';
import { clock, count, day, duration, readable } from '../ui/format.ts';
import { Icon } from '../ui/icon.ts';
import { Panel } from '../ui/panel.ts';
import { rangeToQuery } from '../ui/range.ts';
import { StateView } from '../ui/state.ts';

const PAGE = 10;

type Query = NonNullable<SubmissionsSubmissionsData['query']>;
type Sort = NonNullable<Query['sort']>;

const COLUMNS: readonly { id: Sort; label: string }[] = [
  { id: 'submitted_at', label: 'When' },
  { id: 'form', label: 'Form' },
  { id: 'source', label: 'Source' },
  { id: 'duration', label: 'Took' },
];

/**
 * Completed forms, searched, sorted, filtered and paged by the service over the whole range; how is
 * in the address.
 */
@Component({
  selector: 'uja-submissions',
  imports: [ExportMenu, Icon, Panel, RouterLink, StateView],
  templateUrl: './submissions.html',
  styleUrl: './submissions.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Submissions {
  protected readonly scope = pageScope();
  private readonly router = inject(Router);

  protected readonly text = computed(() => this.scope.param('text'));
  protected readonly sort = computed<Sort>(
    () => COLUMNS.find(({ id }) => id === this.scope.param('sort'))?.id ?? 'submitted_at',
  );
  protected readonly order = computed(() =>
    this.scope.param('order') === 'asc' ? ('asc' as const) : ('desc' as const),
  );
  protected readonly cursor = computed(() => this.scope.param('cursor'));
  private readonly asked = computed(() => ({
    form: this.scope.param('form'),
    source: this.scope.param('source'),
    topic: this.scope.param('topic'),
    text: this.text(),
    sort: this.sort(),
    order: this.order(),
  }));

  protected readonly submissions = figures(
    this.scope,
    (ask: Parameters<typeof submissionsSubmissions>[0]) => call(submissionsSubmissions(ask)),
    {
      more: () => ({ ...this.asked(), cursor: this.cursor(), limit: PAGE }),
      isEmpty: ({ items }) => items.length === 0,
    },
  );

  protected readonly rows = computed(() => {
    const zone = this.scope.tenant.timeZone();
    return (this.submissions.value()?.items ?? []).map((item) => ({
      key: `${item.session_id} ${item.form_id}`,
      session: item.session_id,
      form: item.form_label ?? readable(item.form_id),
      when: `${day(item.submitted_at, zone)}, ${clock(item.submitted_at, zone)}`,
      took: item.duration_ms === null ? '–' : duration(item.duration_ms),
      source: item.source,
      from: sourceLabel({ source: item.source, medium: item.medium }),
      topics: item.topics.map((id) => ({ id, name: readable(id) })),
      question: item.first_question ?? '–',
    }));
  });
  protected readonly total = computed(() => {
    const total = this.submissions.value()?.total;
    return typeof total !== 'number' ? '' : `${count(total)} in this range.`;
  });
  /** Filters that a click in the table has set. */
  protected readonly filters = computed(() =>
    (['source', 'topic'] as const).flatMap((name) => {
      const value = this.scope.param(name);
      if (value === undefined) return [];
      const words = `${readable(name)}: ${readable(value)}`;
      return [{ name, words, without: { [name]: null, cursor: null } }];
    }),
  );
  protected readonly columns = COLUMNS;
  protected readonly toJourney = WITHOUT_PAGE_PARAMS;
  protected readonly files = computed(() =>
    tableExports<SubmissionsSubmissionsData>(
      'submissions',
      '/analytics/forms/submissions/{tenant}',
      this.scope.tenant.hash() ?? '',
      { ...rangeToQuery(this.scope.range()), ...this.asked() },
    ),
  );
  protected readonly icons = { ArrowRight, Search };

  protected sortBy(id: Sort): void {
    const isAgain = this.sort() === id;
    this.go({ sort: id, order: isAgain && this.order() === 'desc' ? 'asc' : null });
  }

  protected search(text: string): void {
    this.go({ text: text.trim() || null });
  }

  /** Cursors belong to one search in one order. */
  private go(params: Record<string, string | null>): void {
    void this.router.navigate([], {
      queryParams: { ...params, cursor: null },
      queryParamsHandling: 'merge',
    });
  }
}
