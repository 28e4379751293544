import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { ShowActive } from '../ui/show-active.ts';

const PARTS = [
  { path: 'pipeline', label: 'Pipeline' },
  { path: 'dead-letters', label: 'Dead letters' },
  { path: 'tenants', label: 'Tenants' },
  { path: 'runs', label: 'Runs' },
  { path: 'erasures', label: 'Erasure' },
  { path: 'audit', label: 'Audit trail' },
] as const;

/** What operators see of the whole installation, whichever tenant they look at. */
@Component({
  selector: 'uja-ops-area',
  imports: [RouterLink, RouterLinkActive, RouterOutlet, ShowActive],
  template: `
    <nav uiShowActive aria-label="Operations">
      @for (part of parts; track part.path) {
        <a
          [routerLink]="['/ops', part.path]"
          routerLinkActive="active"
          ariaCurrentWhenActive="page"
          [queryParams]="{ of: null, reason: null, after: null }"
          queryParamsHandling="merge"
          >{{ part.label }}</a
        >
      }
    </nav>
    <router-outlet />
  `,
  styleUrl: './ops-area.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class OpsArea {
  protected readonly parts = PARTS;
}
