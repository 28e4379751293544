import { LIMITS, type PathCount, type PathFigures, type SessionSummary } from '@picasso/contracts';
import { isCompleted } from '../daily-aggregate/session-facts.ts';

/** How many steps are kept on either side of a step, and from a session's start. */
export const PATH_DEPTH = 4;

/** Stands for what follows a session's 200th step, which no summary keeps. */
export const BEYOND = '~';

/**
 * A session's part in all path views: how it began, and for each kind of step what preceded and
 * followed the first of that kind, up to four steps each way. Immediate repetitions are one step
 * (the fields of a form, items shown one after another): views show what came next instead.
 *
 * A sequence shorter than four steps ends with the session; `~` ends one whose rest is not known.
 * The depth does not depend on the data, so days merge without any loss. What is lost: steps further
 * away than four, all but the first of a kind, and which item a step was about.
 */
export function pathFigures(summary: SessionSummary): PathFigures {
  const count: PathCount = [1, Number(isCompleted(summary))];
  const path = summary.path.filter((code, index) => code !== summary.path[index - 1]);
  if (summary.path.length >= LIMITS.pathSteps) path.push(BEYOND);
  const seen = new Set<string>([BEYOND]);
  const steps: PathFigures['steps'] = {};
  path.forEach((code, index) => {
    if (seen.has(code)) return;
    seen.add(code);
    steps[code] = {
      count,
      next: { [sequence(path, index + 1)]: count },
      before: { [sequence(path.slice(0, index).reverse(), 0)]: count },
    };
  });
  return { count, start: { [sequence(path, 0)]: count }, steps };
}

const sequence = (path: readonly string[], from: number): string =>
  path.slice(from, from + PATH_DEPTH).join(' ');
