import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  untracked,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { call } from '../../api/api.ts';
import { erasuresGet } from '../../api/generated/index.ts';
import { reading } from '../../api/reading.ts';
import { Live } from '../../live/live.ts';
import { BackLink } from '../../ui/back-link.ts';
import { Chip } from '../../ui/chip.ts';
import { count, fullTime } from '../../ui/format.ts';
import { Notice } from '../../ui/notice.ts';
import { Panel } from '../../ui/panel.ts';
import { StateView } from '../../ui/state.ts';
import { tenantDirectory } from '../tenant-names.ts';
import { receiptRows, scopeText, STATES } from './scope.ts';

const STEPS = ['Requested', 'Running', 'Done'];

/** One erasure: how far it is, and its receipt. */
@Component({
  selector: 'uja-erasure-page',
  imports: [BackLink, Chip, Notice, Panel, RouterLink, StateView],
  templateUrl: './erasure-page.html',
  styleUrls: ['../facts.css', './erasure-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ErasurePage {
  /** From the address. */
  readonly id = input.required<string>();

  private readonly directory = tenantDirectory();
  protected readonly erasure = reading(
    () => this.id(),
    (erasure_id, signal) => call(erasuresGet({ path: { erasure_id }, signal })),
  );
  protected readonly facts = computed(() => {
    const erasure = this.erasure.value();
    if (!erasure) return undefined;
    const reached = { requested: 0, running: 1, failed: 1, done: 2 }[erasure.state];
    return {
      ...erasure,
      ...STATES[erasure.state],
      what: scopeText(erasure),
      tenant: this.directory.name(erasure.tenant_hash),
      requested: fullTime(erasure.requested_at, 'UTC'),
      finished: erasure.finished_at && fullTime(erasure.finished_at, 'UTC'),
      steps: STEPS.map((name, i) => ({ name, isReached: i <= reached, isNow: i === reached })),
    };
  });
  protected readonly receipt = computed(() => {
    const receipt = this.erasure.value()?.receipt;
    return receipt
      ? receiptRows(receipt).map((row) => ({ ...row, removed: count(row.removed) }))
      : undefined;
  });

  constructor() {
    const live = inject(Live);
    // With the clock, for as long as something may still happen.
    effect(() => {
      live.now();
      untracked(() => {
        const state = this.erasure.value()?.state;
        if (state !== undefined && state !== 'done') this.erasure.reload();
      });
    });
  }
}
