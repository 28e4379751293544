import { NgTemplateOutlet } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { call } from '../api/api.ts';
import { itemsPatterns } from '../api/generated/index.ts';
import { FiguresHeader } from '../figures/figures-header.ts';
import { figures, pageScope } from '../figures/figures.ts';
import { sessionsParams } from '../figures/sessions-link.ts';
import { localExports } from '../exports/export-choice.ts';
import { ExportMenu } from '../exports/export-menu.ts';
import { Chip } from '../ui/chip.ts';
import { count, percent } from '../ui/format.ts';
import { Panel } from '../ui/panel.ts';
import { Pills } from '../ui/pills.ts';
import { StateView } from '../ui/state.ts';
import { FlowView } from './flow-view.ts';
import { branchesOf, levelRows, sequenceRows, stepName, STEPS } from './view.ts';

/** Levels and branches that fit on a screen. */
const DEPTH = 4;
const BRANCHES = 5;

const DIRECTIONS = [
  { id: null, label: 'What came next' },
  { id: 'before', label: 'What came before' },
];
const LOOKS = [
  { id: null, label: 'Flow' },
  { id: 'tree', label: 'Tree' },
  { id: 'levels', label: 'Level by level' },
] as const;

/** Which steps follow which; every step can be walked on from. */
@Component({
  selector: 'uja-paths-page',
  imports: [
    Chip,
    ExportMenu,
    FiguresHeader,
    FlowView,
    NgTemplateOutlet,
    Panel,
    Pills,
    RouterLink,
    StateView,
  ],
  templateUrl: './paths-page.html',
  styleUrl: './paths-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PathsPage {
  protected readonly scope = pageScope();
  private readonly router = inject(Router);
  protected readonly step = computed(() => this.scope.param('step'));
  protected readonly direction = computed(() =>
    // The beginning of visits has nothing before it.
    this.step() !== undefined && this.scope.param('direction') === 'before'
      ? ('before' as const)
      : ('next' as const),
  );
  protected readonly paths = figures(
    this.scope,
    (ask: Parameters<typeof itemsPatterns>[0]) => call(itemsPatterns(ask)),
    {
      more: () => ({
        step: this.step(),
        direction: this.direction(),
        depth: DEPTH,
        branches: BRANCHES,
      }),
      isEmpty: ({ sessions }) => sessions === 0,
    },
  );

  /** How it is looked at: drawn, as a tree, or level by level. */
  protected readonly look = computed(
    () => LOOKS.find(({ id }) => id === this.scope.param('look'))?.id ?? null,
  );
  protected readonly looks = LOOKS;
  protected readonly directions = DIRECTIONS;
  protected readonly branches = computed(() => branchesOf(this.paths.value()));
  protected readonly levels = computed(() => levelRows(this.paths.value()));
  protected readonly sequences = computed(() => sequenceRows(this.paths.value()));
  protected readonly head = computed(() => {
    const value = this.paths.value();
    if (!value) return undefined;
    return {
      sessions: count(value.sessions),
      completed: value.sessions === 0 ? '–' : percent(value.completed / value.sessions),
      lift: value.lift,
      list: sessionsParams(value.sessions_url),
    };
  });
  protected readonly title = computed(() => {
    const step = this.step();
    if (step === undefined) return 'How visits begin';
    const name = stepName(step).toLowerCase();
    return this.direction() === 'next' ? `What follows “${name}”` : `What leads to “${name}”`;
  });
  protected readonly steps = STEPS;
  protected readonly liftText = (lift: number): string => `×${count(lift)}`;

  protected readonly files = computed(() => ({
    levels: localExports('paths by level', 'paths', () =>
      (this.paths.value()?.levels ?? []).flatMap(({ distance, steps }) =>
        steps.map(({ step, sessions }) => ({ distance, step, sessions })),
      ),
    ),
    sequences: localExports('sequences', 'sequences', () =>
      (this.paths.value()?.sequences ?? []).map(({ steps, sessions, completed }) => ({
        steps: steps.join(' > '),
        sessions,
        completed,
      })),
    ),
  }));

  protected choose(step: string): void {
    void this.router.navigate([], {
      queryParams: { step: step || null, ...(step === '' && { direction: null }) },
      queryParamsHandling: 'merge',
    });
  }
}
