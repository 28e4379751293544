/** Schemathesis in an environment of its own: Python 3.10 or newer, packages from PyPI. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { WORKSPACE } from '../harness/workspace.ts';

/** Ignored by git; kept between runs. */
const FOLDER = join(WORKSPACE, 'tmp/fuzz');
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const INSTALL_MS = 300_000;

/** There is no Python here, or nothing can be installed. */
export class NoPythonError extends Error {
  override readonly name = 'NoPythonError';
}

/** Installs what `requirements.txt` pins, once. @returns the command @throws NoPythonError */
export async function installSchemathesis(within = FOLDER, python = 'python3'): Promise<string> {
  const pins = await readFile(REQUIREMENTS, 'utf8');
  const folder = join(
    within,
    `venv-${createHash('sha256').update(pins).digest('hex').slice(0, 8)}`,
  );
  const command = join(folder, 'bin', 'schemathesis');
  const ready = join(folder, 'ready');
  if (existsSync(ready)) return command;
  await rm(folder, { recursive: true, force: true });
  await mkdir(within, { recursive: true });
  const attempt = (program: string, args: string[], what: string): void => {
    const { status, stderr, error } = spawnSync(program, args, {
      encoding: 'utf8',
      timeout: INSTALL_MS,
    });
    if (status !== 0) throw new NoPythonError(`${what}: ${(error?.message ?? stderr).trim()}`);
  };
  const newEnough = 'import sys, venv; sys.exit(sys.version_info < (3, 10))';
  attempt(python, ['-c', newEnough], 'no Python 3.10 or newer with venv');
  attempt(python, ['-m', 'venv', folder], 'no virtual environment can be made');
  const pip = ['-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS];
  attempt(join(folder, 'bin', 'python'), pip, 'schemathesis cannot be installed');
  await writeFile(ready, pins);
  return command;
}

export interface FuzzRun {
  /** Of the service. */
  url: string;
  token: string;
  /** For file names and messages. */
  role: string;
  examples: number;
  /** Seconds; the phases before fuzzing are not cut short by it. */
  maxSeconds: number | undefined;
  seed: number;
  env: Record<string, string>;
}

export interface Tally {
  passed: number;
  failed: number;
}

/** Faults that are the service's whatever was sent. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
];
/** Its answer has no end. */
const ENDLESS = '/analytics/live/{tenant}';

/** Every operation of the committed description, its output passed on. One operation counts as one. */
export async function fuzz(command: string, run: FuzzRun): Promise<Tally> {
  const report = join(FOLDER, `report-${run.role}.xml`);
  await rm(report, { force: true });
  const args = [
    ...['run', join(WORKSPACE, 'apps/query/openapi.json'), '--url', run.url],
    ...['--header', `Authorization: Bearer ${run.token}`, '--checks', CHECKS.join(',')],
    ...['--phases', 'examples,coverage,fuzzing', '--exclude-path', ENDLESS],
    ...['--max-examples', String(run.examples), '--seed', String(run.seed)],
    // One after the other: Python's parser counts its depth wrongly when threads take turns in it.
    ...['--workers', '1'],
    ...['--request-timeout', '20', '--suppress-health-check', 'all', '--warnings', 'off'],
    ...['--report', 'junit', '--report-junit-path', report, '--no-color'],
    ...(run.maxSeconds ? ['--max-time', String(run.maxSeconds)] : []),
  ];
  const child = spawn(command, args, {
    // Its own folders (.schemathesis, .hypothesis) belong to the ignored ones.
    cwd: FOLDER,
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      SCHEMATHESIS_HOOKS: join(import.meta.dirname, 'hooks.py'),
      ...run.env,
    },
    stdio: 'inherit',
  });
  await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const tally = readReport(await readFile(report, 'utf8'));
  await rename(report, join(FOLDER, `last-${run.role}.xml`));
  return tally;
}

/** What a JUnit report adds up to. */
export function readReport(xml: string): Tally {
  const suites = [...xml.matchAll(/<testsuite ([^>]*)>/g)].map(([, attributes = '']) => {
    const number = (name: string): number =>
      Number(new RegExp(`\\b${name}="(\\d+)"`).exec(attributes)?.[1] ?? 0);
    const failed = number('failures') + number('errors');
    return { failed, passed: number('tests') - failed - number('skipped') };
  });
  const sum = (name: 'passed' | 'failed'): number =>
    suites.reduce((total, suite) => total + suite[name], 0);
  return { passed: sum('passed'), failed: sum('failed') };
}
