import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';
import { call } from '../../api/api.ts';
import { opsAuditOf } from '../../api/generated/index.ts';
import { reading } from '../../api/reading.ts';
import { Freshness } from '../../live/freshness.ts';
import { Live } from '../../live/live.ts';
import { age, fullTime, readable } from '../../ui/format.ts';
import { ListPages } from '../../ui/list-pages.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { StateView } from '../../ui/state.ts';
import { tenantDirectory } from '../tenant-names.ts';

const OWN = new Set(['at', 'action', 'sub', 'role']);

const text = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** What lies inside a record, without its braces; fingerprints by their beginning. */
const detail = (value: unknown): string =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
        .map(([name, inner]) => `${name} ${detail(inner)}`)
        .join(', ')
    : Array.isArray(value)
      ? value.map(detail).join(', ') || 'none'
      : text(value).replace(/^(sha256:.{8}).*/, '$1…');

/** Who did what to a tenant's data and settings. */
@Component({
  selector: 'uja-audit-page',
  imports: [Freshness, ListPages, PageHeader, StateView],
  template: `
    <ui-page-header
      heading="Audit trail"
      text="Who did what to a tenant’s data and settings, newest first. Kept for ever; never with text or keys."
    >
      <live-freshness [at]="list.readAt()" />
      <label>
        <span class="visually-hidden">Tenant</span>
        <select #tenant class="field" (change)="ofTenant(tenant.value)">
          @for (each of directory.items(); track each.tenant_hash) {
            <option [value]="each.tenant_hash" [selected]="of() === each.tenant_hash">
              {{ each.name }}
            </option>
          }
        </select>
      </label>
    </ui-page-header>
    <section class="card" aria-label="Audit trail">
      <ui-state
        [state]="list.state()"
        emptyTitle="Nothing was done yet"
        emptyText="What operators change or look into is written down before it happens."
        (retry)="list.reload()"
      />
      <ul>
        @for (entry of shown(); track entry.id) {
          <li>
            <span class="action">{{ entry.action }}</span>
            <span class="muted">{{ entry.who }}</span>
            <span class="when numeric" [title]="entry.exactly">{{ entry.when }}</span>
            @if (entry.details.length > 0) {
              <dl>
                @for (detail of entry.details; track detail.name) {
                  <div>
                    <dt>{{ detail.name }}</dt>
                    <dd>{{ detail.value }}</dd>
                  </div>
                }
              </dl>
            }
          </li>
        }
      </ul>
    </section>
    <ui-list-pages [cursor]="cursor()" [next]="list.value()?.next_cursor" />
  `,
  styleUrl: './audit-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AuditPage {
  private readonly live = inject(Live);
  private readonly router = inject(Router);
  private readonly params = toSignal(inject(ActivatedRoute).queryParams, { initialValue: {} });
  protected readonly directory = tenantDirectory();

  /** The first tenant until one is chosen: a trail is always somebody's. */
  protected readonly of = computed(
    () =>
      (this.params() as { of?: string }).of || this.directory.items()[0]?.tenant_hash || undefined,
  );
  protected readonly cursor = computed(
    () => (this.params() as { cursor?: string }).cursor || undefined,
  );
  protected readonly list = reading(
    () => {
      const tenant = this.of();
      return tenant === undefined ? undefined : { tenant, cursor: this.cursor() };
    },
    ({ tenant, cursor }, signal) =>
      call(opsAuditOf({ path: { tenant }, query: { cursor }, signal })),
    { isEmpty: ({ items }) => items.length === 0, isLive: () => true },
  );
  protected readonly shown = computed(() =>
    (this.list.value()?.items ?? []).map(({ id, record }) => {
      const at = text(record['at'] ?? '');
      return {
        id,
        action: readable(text(record['action'] ?? id)),
        who: [record['sub'], record['role']].filter(Boolean).map(text).join(', '),
        when: age(this.live.now() - Date.parse(at)),
        exactly: fullTime(at, 'UTC'),
        details: Object.entries(record)
          .filter(([name, value]) => !OWN.has(name) && value !== null)
          .map(([name, value]) => ({ name: readable(name), value: detail(value) })),
      };
    }),
  );

  protected ofTenant(hash: string): void {
    void this.router.navigate([], {
      queryParams: { of: hash, cursor: null },
      queryParamsHandling: 'merge',
    });
  }
}
