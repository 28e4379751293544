import {
  ChangeDetectionStrategy,
  Component,
  computed,
  input,
  linkedSignal,
  signal,
} from '@angular/core';
import { RouterLink } from '@angular/router';
import { action } from '../../api/action.ts';
import { call } from '../../api/api.ts';
import { opsDiscard, opsInspect, opsReplay } from '../../api/generated/index.ts';
import { reading } from '../../api/reading.ts';
import { BackLink } from '../../ui/back-link.ts';
import { Chip } from '../../ui/chip.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.ts';
import { count, fullTime } from '../../ui/format.ts';
import { JsonEditor } from '../../ui/json-editor.ts';
import { jsonChanges, lineOfPath, pointerSteps, readJson } from '../../ui/json-text.ts';
import { Notice } from '../../ui/notice.ts';
import { Panel } from '../../ui/panel.ts';
import { actionProblem } from '../../ui/problem-text.ts';
import { StateView } from '../../ui/state.ts';
import { reasonLabel, REASONS, toReason } from '../reasons.ts';
import { tenantDirectory } from '../tenant-names.ts';
import { replayText } from './bulk.ts';

const SHOWN = 12;

const asText = (value: unknown): string => JSON.stringify(value, null, 2) ?? '';
const short = (value: unknown): string => {
  const text = value === undefined ? '–' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};

/** One dead letter: why it was not taken, its event, and what can be done with it. */
@Component({
  selector: 'uja-dead-letter-page',
  imports: [BackLink, Chip, ConfirmDialog, JsonEditor, Notice, Panel, RouterLink, StateView],
  templateUrl: './dead-letter-page.html',
  styleUrls: ['../facts.css', './dead-letter-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DeadLetterPage {
  /** From the address. */
  readonly seq = input.required<string>();

  private readonly directory = tenantDirectory();
  protected readonly letter = reading(
    () => Number(this.seq()),
    (seq, signal) => call(opsInspect({ path: { seq }, signal })),
  );
  protected readonly facts = computed(() => {
    const letter = this.letter.value();
    if (!letter) return undefined;
    const reason = toReason(letter.reason);
    return {
      ...letter,
      label: reasonLabel(letter.reason),
      text: reason ? REASONS[reason].text : '',
      tenant: this.directory.name(letter.tenant_hash),
      first: fullTime(letter.first_at, 'UTC'),
      last: fullTime(letter.last_at, 'UTC'),
    };
  });

  private readonly original = computed(() => {
    const letter = this.letter.value();
    return letter ? asText(letter.event) : '';
  });
  protected readonly text = linkedSignal(() => this.original());
  private readonly parsed = computed(() => readJson(this.text()));
  protected readonly isEdited = computed(() => this.text() !== this.original());
  protected readonly changes = computed(() => {
    const parsed = this.parsed();
    if (!parsed.ok || !this.isEdited()) return [];
    return jsonChanges(this.letter.value()?.event, parsed.value).map((change) => ({
      path: change.path || 'the whole event',
      before: short(change.before),
      after: short(change.after),
    }));
  });
  protected readonly preview = computed(() => this.changes().slice(0, SHOWN));
  protected readonly further = computed(() => count(Math.max(0, this.changes().length - SHOWN)));
  /** What stands in the way of sending it. */
  protected readonly obstacle = computed(() => {
    const parsed = this.parsed();
    if (!parsed.ok) return 'This is no JSON yet.';
    return this.isEdited() && (typeof parsed.value !== 'object' || Array.isArray(parsed.value))
      ? 'An event is a JSON object.'
      : '';
  });
  protected readonly marks = computed(() => {
    const parsed = this.parsed();
    if (!parsed.ok) return [parsed.problem];
    const answer = this.checked();
    const pointer = answer ? answer.path : this.letter.value()?.path;
    const message = answer ? answer.message : this.isEdited() ? '' : this.letter.value()?.error;
    if (!message || pointer === undefined || pointer === null) return [];
    return [{ line: lineOfPath(this.text(), pointerSteps(pointer)), message }];
  });

  /** The answer to the text as it stands now. */
  private readonly answered = signal<
    { text: string; path: string | null; message: string | null } | undefined
  >(undefined);
  private readonly checked = computed(() => {
    const answered = this.answered();
    return answered?.text === this.text() ? answered : undefined;
  });

  protected readonly replay = action(async (isDry: boolean) => {
    const parsed = this.parsed();
    const text = this.text();
    const event =
      this.isEdited() && parsed.ok ? (parsed.value as Record<string, unknown>) : undefined;
    const answer = await call(
      opsReplay({ path: { seq: Number(this.seq()) }, body: { event, dry_run: isDry } }),
    );
    this.answered.set({ text, path: answer.path, message: answer.message });
    return { ...answer, text, session: sessionOf(event ?? this.letter.value()?.event) };
  });
  protected readonly discard = action(() =>
    call(opsDiscard({ path: { seq: Number(this.seq()) } })),
  );
  protected readonly asked = signal<'replay' | 'discard' | undefined>(undefined);

  protected readonly outcome = computed(() => {
    const answer = this.replay.result();
    if (!answer) return undefined;
    // What was said of another text holds no more.
    if (answer.result !== 'replayed' && answer.text !== this.text()) return undefined;
    return {
      tone: answer.result === 'rejected' ? ('bad' as const) : ('good' as const),
      text: replayText(answer),
      isGone: answer.result === 'replayed',
      session: answer.session ?? this.letter.value()?.session_id,
      tenant: this.letter.value()?.tenant_hash,
    };
  });
  protected readonly problem = computed(() => {
    const error = this.replay.error();
    return error === undefined ? '' : actionProblem(error);
  });
  protected readonly isGone = computed(
    () => this.outcome()?.isGone === true || this.discard.state().kind === 'done',
  );

  protected reset(): void {
    this.text.set(this.original());
  }

  protected async send(): Promise<void> {
    await this.replay.run(false);
    this.asked.set(undefined);
  }

  protected async remove(): Promise<void> {
    await this.discard.run();
    if (this.discard.state().kind === 'done') this.asked.set(undefined);
  }
}

function sessionOf(event: unknown): string | undefined {
  const id = (event as { session_id?: unknown } | null | undefined)?.session_id;
  return typeof id === 'string' ? id : undefined;
}
