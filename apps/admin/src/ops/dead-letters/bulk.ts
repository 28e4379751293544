import { call } from '../../api/api.ts';
import { opsDiscard, opsReplay, type ReplayDto } from '../../api/generated/index.ts';
import { actionProblem } from '../../ui/problem-text.ts';

export type Deed = 'try' | 'replay' | 'discard';

/** What became of one letter. */
export interface Outcome {
  seq: number;
  isGood: boolean;
  text: string;
}

export const replayText = ({ result, path, message }: ReplayDto): string =>
  result === 'replayed'
    ? 'Sent on its way again.'
    : result === 'would_replay'
      ? 'It would be taken.'
      : `Still not taken: ${path ? `${path} ` : ''}${message ?? ''}`;

async function one(seq: number, deed: Deed): Promise<Outcome> {
  const path = { seq };
  try {
    if (deed === 'discard') {
      await call(opsDiscard({ path }));
      return { seq, isGood: true, text: 'Discarded.' };
    }
    const answer = await call(opsReplay({ path, body: { dry_run: deed === 'try' } }));
    return { seq, isGood: answer.result !== 'rejected', text: replayText(answer) };
  } catch (error) {
    return { seq, isGood: false, text: actionProblem(error) };
  }
}

/** One after the other, as they lie; one that fails holds up none. */
export async function each(
  seqs: readonly number[],
  deed: Deed,
  onProgress: (done: number) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const seq of seqs) {
    outcomes.push(await one(seq, deed));
    onProgress(outcomes.length);
  }
  return outcomes;
}
