import { expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installSchemathesis, NoPythonError, readReport } from './schemathesis.ts';

const suite = (attributes: string): string => `<testsuite name="schemathesis" ${attributes}>`;

it('adds a JUnit report up; what was skipped counts as neither', () => {
  const xml = `<testsuites disabled="0" errors="1" failures="2" tests="40">
    ${suite('disabled="0" errors="1" failures="2" skipped="3" tests="40"')}</testsuite>
    ${suite('errors="0" failures="0" tests="2"')}</testsuite></testsuites>`;
  expect(readReport(xml)).toEqual({ passed: 36, failed: 3 });
  expect(readReport('')).toEqual({ passed: 0, failed: 0 });
});

it('says that there is no Python instead of failing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fuzz-spec-'));
  const installing = installSchemathesis(folder, 'no-such-python');
  await expect(installing).rejects.toThrow(NoPythonError);
  await expect(installing).rejects.toThrow('no Python 3.10 or newer');
  await rm(folder, { recursive: true });
});
