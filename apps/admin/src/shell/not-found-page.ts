import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ApiProblem } from '../api/api.ts';
import { StateView } from '../ui/state.ts';

@Component({
  selector: 'uja-not-found-page',
  imports: [RouterLink, StateView],
  template: `
    <h1 class="visually-hidden">Page not found</h1>
    <ui-state [state]="state">
      <a error-action class="button" routerLink="/" queryParamsHandling="merge">To the start</a>
    </ui-state>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NotFoundPage {
  protected readonly state = {
    kind: 'error',
    error: new ApiProblem(404, 'not_found', 'There is no such page.'),
  } as const;
}
