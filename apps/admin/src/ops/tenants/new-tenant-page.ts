import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { Router } from '@angular/router';
import { action } from '../../api/action.ts';
import { ApiProblem, call } from '../../api/api.ts';
import { tenantsadminCreate } from '../../api/generated/index.ts';
import { BackLink } from '../../ui/back-link.ts';
import { Notice } from '../../ui/notice.ts';
import { Panel } from '../../ui/panel.ts';
import { actionProblem } from '../../ui/problem-text.ts';
import { TextField } from '../../ui/text-field.ts';
import { IssuedKeys } from './issued-keys.ts';
import { TIME_ZONES } from './time-zones.ts';

const HASH = /^[A-Za-z0-9_-]{1,64}$/;

/** Adds a tenant and shows its first keys, once. */
@Component({
  selector: 'uja-new-tenant-page',
  imports: [BackLink, IssuedKeys, Notice, Panel, TextField],
  template: `
    <ui-back-link to="/ops/tenants" label="Tenants" />
    <h1>New tenant</h1>
    <form (submit)="$event.preventDefault(); canCreate() && send()">
      <ui-panel heading="Who it is" text="Everything but the hash can be changed later.">
        <ui-text-field
          name="hash"
          label="Tenant hash"
          hint="As the customer portal has it. Letters, digits, hyphen and underscore."
          [isMono]="true"
          [(value)]="hash"
          [error]="hashError()"
        />
        <ui-text-field name="name" label="Name" [(value)]="name" />
        <ui-text-field
          name="time-zone"
          label="Time zone"
          [options]="timeZones"
          [(value)]="timeZone"
          [error]="zoneError()"
        />
        @if (problem()) {
          <ui-notice tone="bad">{{ problem() }}</ui-notice>
        }
        <button type="submit" class="button primary" [disabled]="!canCreate()">
          {{ create.isRunning() ? 'Creating…' : 'Create and issue keys' }}
        </button>
      </ui-panel>
    </form>
    @if (create.result(); as issued) {
      <uja-issued-keys [issued]="issued" (dismissed)="open(issued.tenant.tenant_hash)" />
    }
  `,
  styles: `
    h1 {
      margin-bottom: 22px;
    }

    form {
      max-width: 560px;
    }

    .button {
      align-self: start;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class NewTenantPage {
  private readonly router = inject(Router);

  protected readonly hash = signal('');
  protected readonly name = signal('');
  protected readonly timeZone = signal('UTC');
  protected readonly timeZones = TIME_ZONES;

  protected readonly hashError = computed(() =>
    this.hash() === '' || HASH.test(this.hash().trim())
      ? ''
      : '1 to 64 letters, digits, hyphens and underscores.',
  );
  protected readonly zoneError = computed(() =>
    TIME_ZONES.includes(this.timeZone().trim()) ? '' : 'There is no such time zone.',
  );
  protected readonly canCreate = computed(
    () =>
      HASH.test(this.hash().trim()) &&
      this.name().trim() !== '' &&
      this.zoneError() === '' &&
      !this.create.isRunning(),
  );
  protected readonly create = action(() =>
    call(
      tenantsadminCreate({
        body: {
          tenant_hash: this.hash().trim(),
          name: this.name().trim(),
          time_zone: this.timeZone().trim(),
        },
      }),
    ),
  );
  protected readonly problem = computed(() => {
    const error = this.create.error();
    if (error === undefined) return '';
    return error instanceof ApiProblem && error.code === 'exists'
      ? 'There is a tenant of this hash already.'
      : actionProblem(error);
  });

  protected async send(): Promise<void> {
    await this.create.run();
  }

  protected open(hash: string): void {
    void this.router.navigate(['/ops/tenants', hash], { queryParamsHandling: 'merge' });
  }
}
