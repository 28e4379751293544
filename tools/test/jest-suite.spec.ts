import { describe, expect, it } from '@jest/globals';
import { verdictOfJest } from './jest-suite.ts';

const results = (passed: number, failed: number, broken: number) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numRuntimeErrorTestSuites: broken,
});

describe('verdictOfJest', () => {
  it.each([
    ['all passed', results(5, 0, 0), 0, 5, 0],
    ['some failed', results(5, 2, 0), 1, 5, 2],
    ['a file could not run', results(5, 0, 1), 1, 5, 1],
    ['both', results(5, 2, 1), 1, 5, 3],
    ['no test at all', results(0, 0, 0), 0, 0, 1],
    ['failed as a whole', results(5, 0, 0), 1, 5, 1],
    ['crashed', undefined, 134, 0, 1],
  ])('%s', (_name, given, code, passed, failed) => {
    expect(verdictOfJest(given, code)).toMatchObject({ passed, failed });
  });
});
