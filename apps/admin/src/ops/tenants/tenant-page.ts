import { ChangeDetectionStrategy, Component, computed, input, linkedSignal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Plus, X } from 'lucide';
import { action } from '../../api/action.ts';
import { ApiProblem, call } from '../../api/api.ts';
import { tenantsadminChange, tenantsadminList } from '../../api/generated/index.ts';
import { reading } from '../../api/reading.ts';
import { weekdayName } from '../../ui/format.ts';
import { BackLink } from '../../ui/back-link.ts';
import { Icon } from '../../ui/icon.ts';
import { Notice } from '../../ui/notice.ts';
import { Panel } from '../../ui/panel.ts';
import { actionProblem } from '../../ui/problem-text.ts';
import { StateView } from '../../ui/state.ts';
import { TextField } from '../../ui/text-field.ts';
import { AccentPicker } from './accent-picker.ts';
import { changesOf, NAMES, problemsOf, toDraft, type Draft } from './settings.ts';
import { TenantKeys } from './tenant-keys.ts';
import { TIME_ZONES } from './time-zones.ts';

/** One tenant: its settings and keys. */
@Component({
  selector: 'uja-tenant-page',
  imports: [
    BackLink,
    AccentPicker,
    Icon,
    Notice,
    Panel,
    RouterLink,
    StateView,
    TenantKeys,
    TextField,
  ],
  templateUrl: './tenant-page.html',
  styleUrl: './tenant-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TenantPage {
  /** From the address. */
  readonly hash = input.required<string>();

  protected readonly reading = reading(
    () => this.hash(),
    async (hash, signal) => {
      const { items } = await call(tenantsadminList({ signal }));
      const tenant = items.find(({ tenant_hash }) => tenant_hash === hash);
      if (!tenant) throw new ApiProblem(404, 'not_found', 'There is no such tenant.');
      return tenant;
    },
  );
  protected readonly tenant = computed(() => this.reading.value());
  /** What was typed stays when keys change beside it. */
  protected readonly draft = linkedSignal<string, Draft | undefined>({
    source: () => JSON.stringify({ ...this.tenant(), write_keys: null, server_key: null }),
    computation: () => {
      const tenant = this.tenant();
      return tenant && toDraft(tenant);
    },
  });
  private readonly changes = computed(() => {
    const [draft, tenant] = [this.draft(), this.tenant()];
    return draft && tenant ? changesOf(draft, tenant) : {};
  });
  protected readonly problems = computed(() => {
    const draft = this.draft();
    return draft ? problemsOf(draft, new Set(TIME_ZONES)) : {};
  });
  protected readonly changed = computed(() =>
    Object.keys(this.changes()).map((name) => NAMES[name] ?? name),
  );
  protected readonly canSave = computed(
    () => Object.keys(this.problems()).length === 0 && !this.save.isRunning(),
  );
  protected readonly save = action(async () => {
    const changed = this.changed();
    await call(tenantsadminChange({ path: { tenant: this.hash() }, body: this.changes() }));
    this.reading.reload();
    return changed;
  });
  protected readonly saved = computed(() => this.save.result()?.join(', '));
  protected readonly failed = computed(() => {
    const error = this.save.error();
    return error === undefined ? '' : actionProblem(error);
  });

  protected readonly timeZones = TIME_ZONES;
  protected readonly weekdays = [1, 2, 3, 4, 5, 6, 7].map((id) => ({ id, name: weekdayName(id) }));
  protected readonly icons = { Plus, X };

  protected set<K extends keyof Draft>(field: K, value: Draft[K]): void {
    this.draft.update((draft) => draft && { ...draft, [field]: value });
  }

  protected toggleDay(id: number): void {
    const days = this.draft()?.days ?? [];
    this.set('days', days.includes(id) ? days.filter((day) => day !== id) : [...days, id]);
  }

  protected setGoal(index: number, goal: Partial<{ form: string; value: string }>): void {
    const goals = this.draft()?.goals ?? [];
    this.set(
      'goals',
      goals.map((each, i) => (i === index ? { ...each, ...goal } : each)),
    );
  }

  protected addGoal(): void {
    this.set('goals', [...(this.draft()?.goals ?? []), { form: '', value: '' }]);
  }

  protected removeGoal(index: number): void {
    this.set(
      'goals',
      (this.draft()?.goals ?? []).filter((_, i) => i !== index),
    );
  }

  protected takeBack(): void {
    const tenant = this.tenant();
    if (tenant) this.draft.set(toDraft(tenant));
    this.save.reset();
  }
}
