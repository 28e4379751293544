import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { PatternsDto } from '../api/generated/index.ts';
import { count, percent } from '../ui/format.ts';
import { flowOf, ROOT } from './flow.ts';
import { isStep, stepName } from './view.ts';

/** A Sankey of which steps follow which; every step leads on to its own. */
@Component({
  selector: 'uja-flow',
  imports: [RouterLink],
  template: `
    <div class="flow" [style.block-size.px]="flow().height">
      <svg
        [attr.viewBox]="'0 0 1000 ' + flow().height"
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        @for (ribbon of flow().ribbons; track ribbon.key) {
          <path
            [attr.d]="ribbon.path"
            [attr.stroke-width]="ribbon.width"
            [class.end]="ribbon.isEnd"
          />
        }
      </svg>
      <ul [attr.aria-label]="label()">
        @for (node of nodes(); track node.key) {
          <li
            [class.end]="!node.canWalk"
            [style.inset-inline-start.%]="node.left * 100"
            [style.inset-block-start.px]="node.top"
            [style.block-size.px]="node.height"
          >
            <span class="box"></span>
            @if (node.canWalk && node.level > 0) {
              <a
                [routerLink]="[]"
                [queryParams]="{ step: node.step }"
                queryParamsHandling="merge"
                [title]="node.title"
              >
                <span class="name">{{ node.name }}</span>
                <span class="figure numeric">{{ node.figure }}</span>
              </a>
            } @else {
              <span class="words" [title]="node.title">
                <span class="name">{{ node.name }}</span>
                <span class="figure numeric">{{ node.figure }}</span>
              </span>
            }
          </li>
        }
      </ul>
    </div>
  `,
  styleUrl: './flow-view.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FlowView {
  readonly paths = input.required<PatternsDto>();
  readonly label = input.required<string>();

  protected readonly flow = computed(() => flowOf(this.paths()));
  protected readonly nodes = computed(() => {
    const { sessions, step: about } = this.paths();
    const { nodes } = this.flow();
    const rightmost = Math.max(...nodes.map(({ left }) => left));
    return nodes.map((node) => {
      const name = node.step === ROOT ? stepName(about ?? 'entry') : stepName(node.step);
      const both = `${count(node.sessions)} · ${percent(node.sessions / sessions, 0)}`;
      // Between two columns there is room for one figure.
      const figure = node.left === rightmost ? both : count(node.sessions);
      return {
        ...{ ...node, name, figure, title: `${name}: ${both}` },
        canWalk: node.step === ROOT || isStep(node.step),
      };
    });
  });
}
