import { z } from 'zod';

/** Everything that is wrong with the environment at once; names and rules, never the values. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
  constructor(readonly problems: readonly string[]) {
    super(`The environment is not valid:\n${problems.map((line) => `  - ${line}`).join('\n')}`);
  }
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables that are named, parsed. Blank ones count as absent, others are nobody's business.
 *
 * @param rules what no single variable can say; gets the trimmed texts, returns what is wrong
 * @throws EnvironmentError
 */
export function readEnvironment<Variables extends z.ZodRawShape>(
  env: Environment,
  variables: Variables,
  rules: (given: Environment) => string[] = () => [],
): z.output<z.ZodObject<Variables>> {
  const given: Environment = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value?.trim() ? [[name, value.trim()]] : [])),
  );
  const { data, error } = z.object(variables).safeParse(given);
  const problems = [
    ...(error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`),
    ...rules(given),
  ];
  if (problems.length > 0 || data === undefined) throw new EnvironmentError(problems);
  return data;
}
