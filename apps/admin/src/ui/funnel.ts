import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink, type Params } from '@angular/router';
import { ChevronRight } from 'lucide';
import { Chip } from './chip.ts';
import { count, percent } from './format.ts';
import { Icon } from './icon.ts';

export interface FunnelStep {
  label: string;
  /** null where it is not counted. */
  value: number | null;
  /** Of the step before. */
  passThrough: number | null;
  /** Did this without all before it. */
  enteredLater: number;
  sessions: Params | null;
}

/** Boxed steps with what passes between them and what is lost. */
@Component({
  selector: 'ui-funnel',
  imports: [Chip, Icon, RouterLink],
  templateUrl: './funnel.html',
  styleUrl: './funnel.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Funnel {
  readonly steps = input.required<FunnelStep[]>();

  protected readonly drawn = computed(() => {
    return this.steps().map((step, i) => ({
      ...step,
      figure: step.value === null ? 'Not counted' : count(step.value),
      // Of the step before: against all visits, later steps would be too thin to see.
      fill: (step.passThrough ?? (step.value === null ? 0 : 1)) * 100,
      passed: i > 0 && step.passThrough !== null ? percent(step.passThrough) : null,
      lost:
        i > 0 && step.passThrough !== null && step.passThrough < 1
          ? percent(1 - step.passThrough)
          : null,
      later: step.enteredLater > 0 ? `${count(step.enteredLater)} entered later` : '',
    }));
  });
  protected readonly icons = { ChevronRight };
}
