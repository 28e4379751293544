import { ChangeDetectionStrategy, Component, computed, input, output, signal } from '@angular/core';
import { action } from '../../api/action.ts';
import { call } from '../../api/api.ts';
import {
  tenantsadminAddWriteKey,
  tenantsadminRevokeWriteKey,
  tenantsadminRotateServerKey,
  type IssuedKeysDto,
  type TenantDetailsDto,
} from '../../api/generated/index.ts';
import { Chip } from '../../ui/chip.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.ts';
import { day } from '../../ui/format.ts';
import { Panel } from '../../ui/panel.ts';
import { IssuedKeys } from './issued-keys.ts';

type Asked =
  { what: 'add' } | { what: 'revoke'; sha256: string; hint: string } | { what: 'server' };

/** A tenant's keys: make, rotate, revoke. */
@Component({
  selector: 'uja-tenant-keys',
  imports: [Chip, ConfirmDialog, IssuedKeys, Panel],
  template: `
    <ui-panel
      heading="Keys"
      text="To rotate: issue a second key, move the pages over, revoke the first."
    >
      <ul>
        @for (key of keys(); track key.sha256) {
          <li>
            <span class="key"
              ><code>{{ key.hint }}…</code>&ngsp;<span class="muted"
                >since {{ key.since }}</span
              ></span
            >
            <ui-chip [tone]="key.tone">{{ key.use }}</ui-chip>
            <button type="button" class="button" (click)="asked.set(key.asks)">
              {{ key.deed }} <span class="visually-hidden">{{ key.hint }}</span>
            </button>
          </li>
        } @empty {
          <li class="muted">There is no key: this tenant’s pages cannot send.</li>
        }
      </ul>
      <div class="deeds">
        <button
          type="button"
          class="button primary"
          [disabled]="tenant().write_keys.length >= 2"
          (click)="asked.set({ what: 'add' })"
        >
          New write key
        </button>
        @if (tenant().write_keys.length >= 2) {
          <span class="muted">Two are active: revoke one to issue another.</span>
        }
        @if (!tenant().server_key) {
          <button type="button" class="button" (click)="asked.set({ what: 'server' })">
            New server key
          </button>
        }
      </div>
    </ui-panel>

    @if (dialog(); as dialog) {
      <ui-confirm-dialog
        [heading]="dialog.heading"
        [label]="dialog.label"
        [isDangerous]="dialog.isDangerous"
        [isBusy]="deed.isRunning()"
        [error]="deed.error()"
        (confirmed)="act()"
        (dismissed)="asked.set(undefined); deed.reset()"
      >
        <p>{{ dialog.text }}</p>
      </ui-confirm-dialog>
    }
    @if (issued(); as keys) {
      <uja-issued-keys [issued]="keys" (dismissed)="issued.set(undefined)" />
    }
  `,
  styleUrl: './tenant-keys.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TenantKeys {
  readonly tenant = input.required<TenantDetailsDto>();
  /** Keys were issued or revoked. */
  readonly changed = output();

  protected readonly keys = computed(() => {
    const { write_keys, server_key } = this.tenant();
    return [
      ...write_keys.map((key) => ({
        ...key,
        use: 'Write key',
        tone: 'accent' as const,
        deed: 'Revoke',
        asks: { what: 'revoke' as const, sha256: key.sha256, hint: key.hint },
      })),
      ...(server_key
        ? [
            {
              ...server_key,
              use: 'Server key',
              tone: 'neutral' as const,
              deed: 'Replace',
              asks: { what: 'server' as const },
            },
          ]
        : []),
    ].map((key) => ({ ...key, since: day(key.created_at, 'UTC') }));
  });

  protected readonly asked = signal<Asked | undefined>(undefined);
  protected readonly issued = signal<IssuedKeysDto | undefined>(undefined);
  protected readonly dialog = computed(() => {
    const asked = this.asked();
    switch (asked?.what) {
      case 'add':
        return {
          heading: 'Issue another write key?',
          label: 'Issue key',
          text: 'It works at once. The one that is there goes on working until you revoke it.',
          isDangerous: false,
        };
      case 'revoke':
        return {
          heading: `Revoke ${asked.hint}…?`,
          label: 'Revoke',
          text:
            this.tenant().write_keys.length > 1
              ? 'Pages that still use it cannot send any more, within 30 seconds.'
              : 'It is the only one: none of this tenant’s pages can send any more, within 30 seconds.',
          isDangerous: true,
        };
      case 'server':
        return {
          heading: this.tenant().server_key ? 'Replace the server key?' : 'Issue a server key?',
          label: this.tenant().server_key ? 'Replace' : 'Issue key',
          text: this.tenant().server_key
            ? 'The one that is there stops within 30 seconds: backends need the new one at once.'
            : 'Backends send answers with it. It must never be in a page.',
          isDangerous: this.tenant().server_key !== null,
        };
      default:
        return undefined;
    }
  });

  protected readonly deed = action(async (asked: Asked): Promise<IssuedKeysDto | null> => {
    const path = { tenant: this.tenant().tenant_hash };
    if (asked.what === 'add') return call(tenantsadminAddWriteKey({ path }));
    if (asked.what === 'server') return call(tenantsadminRotateServerKey({ path }));
    await call(tenantsadminRevokeWriteKey({ path: { ...path, sha256: asked.sha256 } }));
    return null;
  });

  protected async act(): Promise<void> {
    const asked = this.asked();
    if (!asked) return;
    const issued = await this.deed.run(asked);
    if (issued === undefined) return;
    this.asked.set(undefined);
    this.issued.set(issued ?? undefined);
    this.changed.emit();
  }
}
