import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';

/** Operators belong to no tenant: they say whose data they want to see. */
@Component({
  selector: 'uja-tenant-chooser',
  imports: [RouterLink],
  template: `
    <section class="card">
      <h1>Choose a tenant</h1>
      <p class="muted">
        You are signed in as an operator. What you open here is read on a tenant’s behalf, and
        recorded.
      </p>
      <form (submit)="$event.preventDefault(); open()">
        <label for="tenant-hash">Tenant hash</label>
        <div class="row">
          <input
            id="tenant-hash"
            class="field"
            autocomplete="off"
            spellcheck="false"
            required
            pattern="[A-Za-z0-9_\\-]{1,64}"
            [value]="hash()"
            (input)="hash.set($any($event.target).value)"
          />
          <button type="submit" class="button primary">Open</button>
        </div>
      </form>
      <p><a routerLink="/ops/tenants">All tenants</a></p>
    </section>
  `,
  styleUrl: './tenant-chooser.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TenantChooser {
  private readonly router = inject(Router);
  protected readonly hash = signal('');

  protected open(): void {
    const tenant = this.hash().trim();
    if (tenant)
      void this.router.navigate([], { queryParams: { tenant }, queryParamsHandling: 'merge' });
  }
}
