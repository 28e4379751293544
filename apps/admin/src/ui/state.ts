import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { CircleAlert, Inbox, Info, LockKeyhole, RotateCw, SearchX } from 'lucide';
import { Icon } from './icon.ts';
import type { Loadable } from './loadable.ts';
import { explain } from './problem-text.ts';

/** Draws what a part of a page is while it is not simply there: `ready` draws nothing. */
@Component({
  selector: 'ui-state',
  imports: [Icon],
  templateUrl: './state.html',
  styleUrl: './state.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class StateView {
  readonly state = input.required<Loadable<unknown>>();
  /** How many skeleton rows stand for what is being read. */
  readonly rows = input(6);
  readonly emptyTitle = input('Nothing here yet');
  readonly emptyText = input('');
  readonly retry = output();

  protected readonly skeleton = computed(() => Array.from({ length: this.rows() }, (_, i) => i));
  protected readonly explained = computed(() => {
    const state = this.state();
    return state.kind === 'error' ? explain(state.error) : undefined;
  });
  protected readonly icons = { CircleAlert, Inbox, Info, LockKeyhole, RotateCw, SearchX };
}
