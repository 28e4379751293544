import { describe, expect, it } from '@jest/globals';
import { verdictOfOutput } from './suite.ts';

describe('verdictOfOutput', () => {
  it('takes a suite that says why it was skipped for what it is', () => {
    const verdict = verdictOfOutput('skipped: no data\n0 passed, 0 failed\n', 0);
    expect(verdict).toMatchObject({ passed: 0, failed: 0, details: 'skipped: no data' });
    expect(verdictOfOutput('0 passed, 0 failed\n', 0)).toMatchObject({ failed: 1 });
  });

  it.each([
    ['passed', 'talk\n12 passed, 0 failed\n', 0, 12, 0],
    ['failed', '12 passed, 3 failed\n', 1, 12, 3],
    ['failed, though the exit code hides it', '12 passed, 3 failed', 0, 12, 3],
    ['crashed after its result', '12 passed, 0 failed\n', 137, 12, 1],
    ['crashed before any result', 'talk\n', 1, 0, 1],
    ['said more after its result', '12 passed, 0 failed\nbye\n', 0, 0, 1],
    ['tried nothing', '0 passed, 0 failed\n', 0, 0, 1],
    ['said nothing', '', 0, 0, 1],
  ])('%s', (_name, output, code, passed, failed) => {
    expect(verdictOfOutput(output, code)).toMatchObject({ passed, failed });
  });
});
