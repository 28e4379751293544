/**
 * Ways on from a view's step as one text, for the address of a list of sessions: the steps of a way
 * are joined by commas, ways by semicolons. `!A!B` is any step but A and B. A text that begins with
 * `~` means sessions that took none of its ways.
 */
export type PathWays = string;

/** More than all ways of a step in a view of the usual size; servers take 16 KB of headers. */
export const PATH_WAYS_CHARS = 6_000;

/** A way on by one more step. @param above '' at the view's step itself */
export const wayOn = (above: PathWays, step: string): PathWays =>
  above === '' ? step : `${above},${step}`;

/** A step that is none of those shown beside it. */
export const anyBut = (steps: readonly string[]): string =>
  steps.map((step) => `!${step}`).join('');

export const eitherOf = (ways: readonly PathWays[]): PathWays => ways.join(';');

export const noneOf = (ways: readonly PathWays[]): PathWays => `~${eitherOf(ways)}`;

/** Whether one of these sequences of steps begins with one of the ways. */
export type Begins = (sequences: readonly (readonly string[])[]) => boolean;

export function beginsWithWays(ways: PathWays): Begins {
  const isNone = ways.startsWith('~');
  const texts = new Set(ways.slice(isNone ? 1 : 0).split(';'));
  const alternatives = [...texts].filter(Boolean).map((way) => way.split(',').map(matcherOf));
  return (sequences) =>
    sequences.length > 0 &&
    sequences.some((taken) => alternatives.some((way) => beginsWith(taken, way))) !== isNone;
}

type Matcher = (step: string) => boolean;

function matcherOf(wanted: string): Matcher {
  if (!wanted.startsWith('!')) return (step) => step === wanted;
  const others = new Set(wanted.slice(1).split('!'));
  return (step) => !others.has(step);
}

const beginsWith = (taken: readonly string[], way: readonly Matcher[]): boolean =>
  way.length <= taken.length && way.every((matches, i) => matches(taken[i] as string));
