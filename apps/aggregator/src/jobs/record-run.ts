import type { Run, RunLog, RunProgress } from '@picasso/storage';
import type { Logger } from 'pino';

/** Where runs are recorded, and how long one may be silent. */
export interface Recording {
  runs: RunLog;
  leaseMs: number;
  logger: Logger;
}

export type Ended = Pick<RunProgress, 'state' | 'error'>;

/** A run that has said nothing for so many leases counts as interrupted. */
const SILENT_LEASES = 3;

/** For records and logs. A parser's message quotes its input, which may be what visitors wrote. */
export function errorText(error: unknown): string {
  if (error instanceof SyntaxError) return `${error.name}: what was read cannot be parsed`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/**
 * Keeps a record of a run from its beginning to its end.
 *
 * @param turn one tenant's share, listed with the tenant's
 * @param soFar what it has done by now
 * @param ended what its result means; an error means that it failed
 */
export async function recordRun<T>(
  { runs, leaseMs, logger }: Recording,
  what: Pick<Run, 'command' | 'tenant_hash' | 'range'> & { turn: boolean },
  soFar: () => Pick<RunProgress, 'progress' | 'counts'>,
  work: () => Promise<T>,
  ended: (result: T) => Ended,
): Promise<T> {
  const { turn, ...run } = what;
  const save = runs.begin(run, { turn, aliveMs: leaseMs * SILENT_LEASES });
  const say = (state: Ended): Promise<void> => save({ ...state, ...soFar() });
  const running: Ended = { state: 'running', error: null };
  await say(running);
  let said = Promise.resolve();
  const telling = setInterval(() => {
    // One after the other: the last word is that of the end.
    said = said.then(() => say(running)).catch(() => undefined);
  }, leaseMs);
  const end = async (state: Ended): Promise<void> => {
    clearInterval(telling);
    await said;
    await say(state).catch((error: unknown) => {
      logger.warn({ err: error }, 'the end of this run is not recorded');
    });
  };
  try {
    const result = await work();
    await end(ended(result));
    return result;
  } catch (error) {
    await end({ state: 'failed', error: errorText(error) });
    throw error;
  }
}
