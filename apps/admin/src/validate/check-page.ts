import { ChangeDetectionStrategy, Component, computed, signal } from '@angular/core';
import { action } from '../api/action.ts';
import { ApiProblem, call } from '../api/api.ts';
import { checkCheck } from '../api/generated/index.ts';
import { Chip } from '../ui/chip.ts';
import { count } from '../ui/format.ts';
import { JsonEditor } from '../ui/json-editor.ts';
import { readJson } from '../ui/json-text.ts';
import { Notice } from '../ui/notice.ts';
import { PageHeader } from '../ui/page-header.ts';
import { Panel } from '../ui/panel.ts';
import { actionProblem } from '../ui/problem-text.ts';
import { TextField } from '../ui/text-field.ts';
import { marksOf, verdicts } from './batch.ts';
import { SAMPLES } from './samples.ts';

/** More results than anybody reads at once. */
const SHOWN = 50;

/** What ingest would say to events, for those who write widgets. */
@Component({
  selector: 'uja-check-page',
  imports: [Chip, JsonEditor, Notice, PageHeader, Panel, TextField],
  templateUrl: './check-page.html',
  styleUrl: './check-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class CheckPage {
  protected readonly key = signal('');
  protected readonly text = signal('');
  private readonly parsed = computed(() => readJson(this.text()));

  protected readonly check = action(async () => {
    const [text, parsed] = [this.text(), this.parsed()];
    if (!parsed.ok) throw new Error('only JSON can be checked');
    // Text and numbers go there, too: ingest says what it thinks of them.
    const body = parsed.value as Record<string, unknown> | unknown[];
    const answer = await call(checkCheck({ body: { key: this.key().trim(), body } }));
    return { ...answer, text, body: parsed.value };
  });
  protected readonly canCheck = computed(
    () => this.key().trim() !== '' && this.parsed().ok && !this.check.isRunning(),
  );
  /** The answer, as long as it is one to what stands there. */
  private readonly answer = computed(() => {
    const answer = this.check.result();
    return answer?.text === this.text() ? answer : undefined;
  });
  private readonly all = computed(() => {
    const answer = this.answer();
    return answer?.verdict ? verdicts(answer.text, answer.body, answer.verdict.rejected) : [];
  });
  /** Those with something to say first. */
  private readonly sorted = computed(() =>
    this.all().toSorted((a, b) => Number(a.refusal === null) - Number(b.refusal === null)),
  );
  protected readonly found = computed(() => this.sorted().slice(0, SHOWN));
  protected readonly further = computed(() => Math.max(0, this.all().length - SHOWN));
  protected readonly refused = computed(() => this.answer()?.refused ?? null);
  protected readonly verdict = computed(() => {
    const verdict = this.answer()?.verdict;
    if (!verdict) return undefined;
    const bad = verdict.rejected.length;
    const total = bad + verdict.accepted;
    return bad === 0
      ? {
          tone: 'good' as const,
          text:
            total === 1
              ? 'The event would be taken.'
              : `All ${count(total)} events would be taken.`,
        }
      : {
          tone: 'warning' as const,
          text: `${count(bad)} of ${count(total)} would be rejected: they would end as dead letters.`,
        };
  });
  protected readonly marks = computed(() => {
    const parsed = this.parsed();
    if (!parsed.ok) return this.text().trim() === '' ? [] : [parsed.problem];
    return marksOf(this.all());
  });
  protected readonly problem = computed(() => {
    const error = this.check.error();
    if (error === undefined) return '';
    if (error instanceof ApiProblem && error.code === 'not_configured')
      return 'This installation’s console does not know where ingest is: an operator sets INGEST_URL for the service query.';
    if (error instanceof ApiProblem && error.code === 'too_large')
      return 'That is more than fits in here (64 KB). Ingest itself takes 512 KB.';
    return actionProblem(error);
  });
  protected readonly samples = SAMPLES;

  protected use(make: () => unknown): void {
    this.text.set(JSON.stringify(make(), null, 2));
  }
}
