/** Runs the k6 script against a stack and reads its figures. */
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKSPACE } from '../harness/workspace.ts';
import type { Figures } from './figures.ts';
import type { K6Binary } from './k6-binary.ts';
import { visitLibrary } from './visits.ts';

const SCRIPT = join(WORKSPACE, 'load/journeys.ts');
const FOLDER = join(WORKSPACE, 'tmp/load');
const VISITS = join(FOLDER, 'visits.json');
/** Enough to play: each is played many times, every time as a session of its own. */
const PLAYED = 500;
/** k6's exit code when a threshold was crossed; the report was written all the same. */
const THRESHOLD_CROSSED = 99;

export interface LoadSettings {
  k6: K6Binary;
  /** Absolute path of the stack's endpoints file. */
  endpoints: string;
  /** Events per second. */
  rate: number;
  seconds: number;
  batchEvents: number;
  flushMs: number;
  pace: number;
  /** Share of the requests whose way into the journey is timed. */
  sample: number;
  closeSample: number;
  strict: boolean;
  /** Hide k6's own output. */
  quiet: boolean;
}

export const LOAD_DEFAULTS = {
  rate: 434,
  seconds: 600,
  batchEvents: 10,
  flushMs: 5_000,
  pace: 1,
  sample: 0.05,
  closeSample: 0.1,
  strict: false,
  quiet: false,
} as const satisfies Partial<LoadSettings>;

/** Writes visits where the script looks for them. @returns what they are, for people */
export async function prepareVisits(): Promise<string> {
  const { source, visits } = await visitLibrary();
  await mkdir(FOLDER, { recursive: true });
  await writeFile(VISITS, JSON.stringify(visits.slice(0, PLAYED)));
  return source;
}

/** @throws Error when k6 could not run the script to its end */
export async function runLoad(settings: LoadSettings): Promise<Figures> {
  console.log(`visits: ${await prepareVisits()}`);
  const report = join(FOLDER, `report-${process.pid}.json`);
  const environment = {
    RATE: settings.rate,
    DURATION: settings.seconds,
    BATCH_EVENTS: settings.batchEvents,
    FLUSH_MS: settings.flushMs,
    PACE: settings.pace,
    SAMPLE: settings.sample,
    CLOSE_SAMPLE: settings.closeSample,
    STRICT: settings.strict ? 1 : 0,
    ENDPOINTS: settings.endpoints,
    VISITS,
    REPORT: report,
  };
  const args = ['run', '--no-usage-report', ...(settings.quiet ? ['--quiet'] : []), SCRIPT];
  for (const [name, value] of Object.entries(environment)) args.push('-e', `${name}=${value}`);
  const child = spawn(settings.k6.path, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0 && code !== THRESHOLD_CROSSED) throw new Error(`k6 ended with code ${code}`);
  const figures = JSON.parse(await readFile(report, 'utf8')) as Figures;
  await rm(report);
  return figures;
}
