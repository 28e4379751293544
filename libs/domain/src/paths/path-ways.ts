/**
 * Ways on from a view's step as one text, for the address of a list of sessions: the steps of a way
 * are joined by commas, ways by semicolons. `!A!B` is any step but A and B. A text that begins with
 * `~` means sessions that took none of its ways.
 */
export type PathWays = string;

/** A way on by one more step. @param above '' at the view's step itself */
export const wayOn = (above: PathWays, step: string): PathWays =>
  above === '' ? step : `${above},${step}`;

/** A step that is none of those shown beside it. */
export const anyBut = (steps: readonly string[]): string =>
  steps.map((step) => `!${step}`).join('');

export const eitherOf = (ways: readonly PathWays[]): PathWays => ways.join(';');

export const noneOf = (ways: readonly PathWays[]): PathWays => `~${eitherOf(ways)}`;

/** Whether one of these sequences of steps begins with one of the ways. */
export function begins(sequences: readonly (readonly string[])[], ways: PathWays): boolean {
  const isNone = ways.startsWith('~');
  const alternatives = ways
    .slice(isNone ? 1 : 0)
    .split(';')
    .map((way) => way.split(','));
  const isOne = sequences.some((taken) => alternatives.some((way) => beginsWith(taken, way)));
  return sequences.length > 0 && isOne !== isNone;
}

const beginsWith = (taken: readonly string[], way: readonly string[]): boolean =>
  way.length <= taken.length &&
  way.every((wanted, i) => {
    const step = taken[i] as string;
    return wanted.startsWith('!') ? !wanted.slice(1).split('!').includes(step) : wanted === step;
  });
