import { describe, expect, it } from '@jest/globals';
import { runSteps, verdictOf, type Verdict } from './steps.ts';

const step = (name: string, verdict: Verdict | Error) => ({
  name,
  run: () => (verdict instanceof Error ? Promise.reject(verdict) : Promise.resolve(verdict)),
});

describe('runSteps', () => {
  it('adds up what every step found and goes on after a failure', async () => {
    const lines: string[] = [];
    const total = await runSteps(
      [
        step('first', verdictOf(['a mistake'])),
        step('second', { passed: 3, failed: 2, details: 'two of them' }),
        step('third', verdictOf([])),
      ],
      (line) => lines.push(line),
    );
    expect(total).toEqual({ passed: 4, failed: 3 });
    expect(lines.map((line) => line.replace(/[\d.]+ s/, 'N s'))).toEqual([
      'a mistake',
      '✗ first  N s',
      'two of them',
      '✗ second  N s  3 passed, 2 failed',
      '✓ third  N s',
    ]);
  });

  it('counts a step that throws as one failure and says why', async () => {
    const lines: string[] = [];
    const total = await runSteps([step('broken', new Error('no such file'))], (line) =>
      lines.push(line),
    );
    expect(total).toEqual({ passed: 0, failed: 1 });
    expect(lines[0]).toContain('no such file');
  });
});
