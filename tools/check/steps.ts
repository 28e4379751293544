/** A list of named steps, run one after the other, each with a verdict and its duration. */

/** What a step found out. */
export interface Verdict {
  passed: number;
  failed: number;
  /** Printed when something failed. */
  details?: string;
}

export interface Step {
  name: string;
  run(): Promise<Verdict>;
}

/** A step that is one yes or no: it fails when there is anything to complain about. */
export const verdictOf = (mistakes: string[]): Verdict => ({
  passed: mistakes.length === 0 ? 1 : 0,
  failed: mistakes.length === 0 ? 0 : 1,
  details: mistakes.join('\n'),
});

const thrown = (error: unknown): Verdict =>
  verdictOf([error instanceof Error ? (error.stack ?? error.message) : String(error)]);

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Runs all steps, whatever the earlier ones said; a step that throws counts as one failure. */
export async function runSteps(
  steps: Step[],
  print: (line: string) => void = console.log,
): Promise<Verdict> {
  const total = { passed: 0, failed: 0 };
  for (const step of steps) {
    const startedAt = performance.now();
    const { passed, failed, details } = await step.run().catch(thrown);
    total.passed += passed;
    total.failed += failed;
    const counts = passed + failed > 1 ? `  ${passed} passed, ${failed} failed` : '';
    if (failed > 0 && details) print(details.trimEnd());
    const took = seconds(performance.now() - startedAt);
    print(`${failed === 0 ? '✓' : '✗'} ${step.name}  ${took}${counts}`);
  }
  return total;
}

/** Prints the line that callers read, always the last one, and sets the exit code. */
export function finish({ passed, failed }: Verdict): void {
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}
