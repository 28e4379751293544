import { ChangeDetectionStrategy, Component, computed, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Plus } from 'lucide';
import { call } from '../../api/api.ts';
import { tenantsadminList } from '../../api/generated/index.ts';
import { reading } from '../../api/reading.ts';
import { Chip } from '../../ui/chip.ts';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { StateView } from '../../ui/state.ts';

/** A list that is drawn whole would be slow; further ones are a click away. */
const SHOWN = 50;

/** Everybody who has data here. */
@Component({
  selector: 'uja-tenants-page',
  imports: [Chip, Icon, PageHeader, RouterLink, StateView],
  template: `
    <ui-page-header heading="Tenants" text="Who sends events, under which rules, with which keys.">
      <label>
        <span class="visually-hidden">Find a tenant</span>
        <input
          #words
          class="field"
          type="search"
          placeholder="Find a tenant"
          [value]="wanted()"
          (input)="wanted.set(words.value)"
        />
      </label>
      <a class="button primary" routerLink="new" queryParamsHandling="merge">
        <ui-icon [icon]="icons.Plus" /> New tenant
      </a>
    </ui-page-header>
    <section class="card" aria-label="Tenants">
      <ui-state
        [state]="list.state()"
        emptyTitle="No tenants yet"
        emptyText="The first one gets its keys when it is created."
        (retry)="list.reload()"
      />
      <ul>
        @for (tenant of shown(); track tenant.tenant_hash) {
          <li>
            <a [routerLink]="[tenant.tenant_hash]" queryParamsHandling="merge">
              <span class="who">
                <span class="name">{{ tenant.name }}</span>
                <span class="hash">{{ tenant.tenant_hash }}</span>
              </span>
              <span class="facts">
                <span>{{ tenant.time_zone }}</span>
                <span>{{ tenant.origins }}</span>
                <span class="numeric">{{ tenant.limit }}</span>
              </span>
              <ui-chip [tone]="tenant.keys.tone">{{ tenant.keys.text }}</ui-chip>
            </a>
          </li>
        }
      </ul>
      @if (list.value() && found().length === 0 && wanted()) {
        <p class="muted none" role="status">No tenant is called “{{ wanted() }}”.</p>
      }
      @if (found().length > shown().length) {
        <button type="button" class="button" (click)="most.set(most() + 50)">
          Show more of {{ found().length }}
        </button>
      }
    </section>
  `,
  styleUrl: './tenants-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TenantsPage {
  protected readonly list = reading(
    () => ({}),
    (_, signal) => call(tenantsadminList({ signal })),
    { isEmpty: ({ items }) => items.length === 0 },
  );
  protected readonly wanted = signal('');
  protected readonly most = signal(SHOWN);
  protected readonly found = computed(() => {
    const wanted = this.wanted().trim().toLowerCase();
    return (this.list.value()?.items ?? []).filter(({ name, tenant_hash }) =>
      `${name} ${tenant_hash}`.toLowerCase().includes(wanted),
    );
  });
  protected readonly shown = computed(() =>
    this.found()
      .slice(0, this.most())
      .map((tenant) => ({
        ...tenant,
        origins: originsText(tenant.allowed_origins.length),
        limit: `${count(tenant.events_per_second)} events / s`,
        keys: keysText(tenant.write_keys.length),
      })),
  );
  protected readonly icons = { Plus };
}

const originsText = (origins: number): string =>
  origins === 0 ? 'Any origin' : origins === 1 ? '1 origin' : `${origins} origins`;

const keysText = (keys: number) =>
  keys === 0
    ? ({ tone: 'danger', text: 'No write key' } as const)
    : keys === 1
      ? ({ tone: 'neutral', text: '1 write key' } as const)
      : ({ tone: 'info', text: 'Rotating' } as const);
