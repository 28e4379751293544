import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import type { IssuedKeysDto } from '../../api/generated/index.ts';
import { CopyButton } from '../../ui/copy-button.ts';
import { Dialog } from '../../ui/dialog.ts';

/** Keys that were just made: the one time that anybody sees them. */
@Component({
  selector: 'uja-issued-keys',
  imports: [CopyButton, Dialog],
  template: `
    <ui-dialog heading="Copy it now" [isLight]="false" (dismissed)="dismissed.emit()">
      <p class="muted">
        {{ keys().length === 1 ? 'This key is' : 'These keys are' }} shown here and never again:
        only a fingerprint is kept.
      </p>
      @for (key of keys(); track key.name) {
        <div class="key">
          <p>
            <strong>{{ key.name }}</strong>&ngsp;<span class="muted">{{ key.use }}</span>
          </p>
          <div class="line">
            <code tabindex="0">{{ key.value }}</code>
            <ui-copy-button [text]="key.value" [what]="'the ' + key.name" />
          </div>
        </div>
      }
      <button type="button" class="button primary" (click)="dismissed.emit()">
        I have kept {{ keys().length === 1 ? 'it' : 'them' }}
      </button>
    </ui-dialog>
  `,
  styles: `
    .key {
      display: grid;
      gap: 8px;
    }

    .line {
      display: flex;
      flex-wrap: wrap;
      gap: 10px;
    }

    code {
      flex: 1 1 240px;
      padding: 8px 12px;
      border-radius: var(--radius-small);
      background: var(--sunken);
      font-family: var(--mono);
      font-size: 0.86rem;
      overflow-wrap: anywhere;
    }

    .button.primary {
      justify-self: end;
      margin-top: 6px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class IssuedKeys {
  readonly issued = input.required<IssuedKeysDto>();
  readonly dismissed = output();

  protected readonly keys = computed(() => {
    const { write_key, server_key } = this.issued();
    return [
      { name: 'Write key', use: 'for pages', value: write_key },
      { name: 'Server key', use: 'for backends, never in a page', value: server_key },
    ].flatMap((key) => (key.value === null ? [] : [{ ...key, value: key.value }]));
  });
}
