import { ChangeDetectionStrategy, Component, computed, resource, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ChevronDown } from 'lucide';
import { call } from '../api/api.ts';
import {
  questionsQuestions,
  questionsVariants,
  type QuestionsQuestionsData,
} from '../api/generated/index.ts';
import { tableExports } from '../exports/export-choice.ts';
import { ExportMenu } from '../exports/export-menu.ts';
import { figures, pageScope } from '../figures/figures.ts';
import { sessionsParams } from '../figures/sessions-link.ts';
import { count, percent } from '../ui/format.ts';
import { Icon } from '../ui/icon.ts';
import { loadable } from '../ui/loadable.ts';
import { Panel } from '../ui/panel.ts';
import { rangeToQuery } from '../ui/range.ts';
import { StateView } from '../ui/state.ts';

const FEW = 7;
const MANY = 50;

/** First questions, put together where they differ in spelling only; a click shows the spellings. */
@Component({
  selector: 'uja-top-questions',
  imports: [ExportMenu, Icon, Panel, RouterLink, StateView],
  templateUrl: './top-questions.html',
  styleUrl: './top-questions.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TopQuestions {
  protected readonly scope = pageScope();

  protected readonly isLong = signal(false);
  protected readonly questions = figures(
    this.scope,
    (ask: Parameters<typeof questionsQuestions>[0]) => call(questionsQuestions(ask)),
    {
      more: () => ({ limit: this.isLong() ? MANY : FEW }),
      isEmpty: ({ items }) => items.length === 0,
    },
  );
  protected readonly rows = computed(() => {
    const items = this.questions.value()?.items ?? [];
    const most = Math.max(...items.map((item) => item.count), 1);
    return items.map(({ id, question, count: asked, share, sessions_url }, i) => ({
      ...{ id, question, place: i + 1, width: (asked / most) * 100 },
      count: count(asked),
      share: share === null ? '' : percent(share),
      sessions: sessionsParams(sessions_url),
    }));
  });
  protected readonly hasMore = computed(
    () => !this.isLong() && this.questions.value()?.next_cursor != null,
  );
  protected readonly text = computed(() => {
    const asked = this.questions.value()?.asked;
    return asked === undefined ? '' : `${count(asked)} first questions, alike but for spelling.`;
  });

  /** Id of the question whose spellings are shown. */
  protected readonly opened = signal<string | undefined>(undefined);
  private readonly spelled = resource({
    params: () => {
      const [id, tenant] = [this.opened(), this.scope.tenant.hash()];
      if (id === undefined || tenant === undefined) return undefined;
      return { path: { tenant }, query: { ...rangeToQuery(this.scope.range()), id } };
    },
    loader: ({ params, abortSignal: signal }) => call(questionsVariants({ ...params, signal })),
  });
  protected readonly variants = loadable(this.spelled);
  protected readonly spellings = computed(() =>
    this.spelled.hasValue()
      ? this.spelled.value().variants.map((variant) => ({
          text: variant.text,
          count: count(variant.count),
        }))
      : [],
  );

  protected readonly files = computed(() =>
    tableExports<QuestionsQuestionsData>(
      'top questions',
      '/analytics/conversations/questions/{tenant}',
      this.scope.tenant.hash() ?? '',
      rangeToQuery(this.scope.range()),
    ),
  );
  protected readonly icons = { ChevronDown };

  protected toggle(id: string): void {
    this.opened.update((opened) => (opened === id ? undefined : id));
  }

  protected reload(): void {
    this.spelled.reload();
  }
}
