import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  linkedSignal,
  signal,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router, RouterLink } from '@angular/router';
import { ArrowRight } from 'lucide';
import { action } from '../../api/action.ts';
import { call } from '../../api/api.ts';
import { erasuresList, erasuresRequest, type ErasureBody } from '../../api/generated/index.ts';
import { reading } from '../../api/reading.ts';
import { Live } from '../../live/live.ts';
import { Chip } from '../../ui/chip.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.ts';
import { age } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.ts';
import { PageHeader } from '../../ui/page-header.ts';
import { Panel } from '../../ui/panel.ts';
import { StateView } from '../../ui/state.ts';
import { TextField } from '../../ui/text-field.ts';
import { tenantDirectory } from '../tenant-names.ts';
import { bodyOf, KINDS, phraseOf, scopeText, STATES, type Choice } from './scope.ts';

const EMPTY: Choice = {
  ...{ tenant: '', kind: 'session', session: '', visitor: '', from: '', to: '', reason: '' },
};

/** Asks for an erasure, and lists those that were asked for. */
@Component({
  selector: 'uja-erasures-page',
  imports: [Chip, ConfirmDialog, Icon, PageHeader, Panel, RouterLink, StateView, TextField],
  templateUrl: './erasures-page.html',
  styleUrl: './erasures-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ErasuresPage {
  private readonly live = inject(Live);
  private readonly router = inject(Router);
  private readonly params = toSignal(inject(ActivatedRoute).queryParams, { initialValue: {} });
  protected readonly directory = tenantDirectory();

  protected readonly of = computed(() => (this.params() as { of?: string }).of || undefined);
  private readonly cursor = computed(
    () => (this.params() as { cursor?: string }).cursor || undefined,
  );
  protected readonly list = reading(
    () => ({ tenant: this.of(), cursor: this.cursor(), limit: 20 }),
    (query, signal) => call(erasuresList({ query, signal })),
    { isEmpty: ({ items }) => items.length === 0, isLive: () => true },
  );
  protected readonly rows = computed(() =>
    (this.list.value()?.items ?? []).map((item) => ({
      ...item,
      what: scopeText(item),
      tenant: this.directory.name(item.tenant_hash),
      ...STATES[item.state],
      when: age(this.live.now() - Date.parse(item.requested_at)),
    })),
  );

  protected readonly kinds = KINDS;
  protected readonly choice = linkedSignal<string | undefined, Choice>({
    source: () => this.of(),
    computation: (of, before) => ({ ...(before?.value ?? EMPTY), tenant: of ?? '' }),
  });
  private readonly body = computed(() => bodyOf(this.choice()));
  protected readonly isComplete = computed(() => this.body() !== undefined);
  protected readonly asked = signal<ErasureBody | undefined>(undefined);
  protected readonly phrase = computed(() => {
    const body = this.asked();
    return body ? phraseOf(body) : '';
  });
  protected readonly words = computed(() => {
    const body = this.asked();
    return body
      ? { what: scopeText(body), tenant: this.directory.name(body.tenant_hash) }
      : undefined;
  });
  protected readonly request = action((body: ErasureBody) => call(erasuresRequest({ body })));
  protected readonly nextCursor = computed(() => this.list.value()?.next_cursor ?? null);
  protected readonly icons = { ArrowRight };

  protected set(change: Partial<Choice>): void {
    this.choice.update((choice) => ({ ...choice, ...change }));
  }

  protected ask(): void {
    this.request.reset();
    this.asked.set(this.body());
  }

  protected async send(): Promise<void> {
    const body = this.asked();
    const erasure = body && (await this.request.run(body));
    if (!erasure) return;
    this.asked.set(undefined);
    await this.router.navigate(['/ops/erasures', erasure.erasure_id], {
      queryParamsHandling: 'merge',
    });
  }
}
