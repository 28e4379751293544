/** run.json: which processes belong to the local stack at the moment. */
import { rmSync } from 'node:fs';
import { readJson, writeJson } from './json-file.ts';
import { endProcess, identify, isRunning, type ProcessId } from './processes.ts';

export interface RunRecord {
  /** The `npm start` that watches over the rest. */
  supervisor: ProcessId;
  /** Name → process: engines and services. */
  children: Record<string, ProcessId>;
  urls: {
    ingest: string;
    query: string;
    sessionizer: string;
    nats: string;
    tables: string;
    objects: string;
  };
}

/** What a stop of everything may take: each part has ten seconds to end in order. */
const SUPERVISOR_GRACE_MS = 45_000;
const CHILD_GRACE_MS = 10_000;

export const readRun = (file: string): RunRecord | undefined => readJson<RunRecord>(file);

export const isUp = (run: RunRecord | undefined): run is RunRecord =>
  run !== undefined && isRunning(run.supervisor);

export class RunRecorder {
  private readonly record: RunRecord;

  constructor(
    private readonly file: string,
    urls: RunRecord['urls'],
  ) {
    this.record = { supervisor: identify(process.pid), children: {}, urls };
    writeJson(file, this.record);
  }

  started(name: string, pid: number): void {
    this.record.children[name] = identify(pid);
    writeJson(this.file, this.record);
  }

  clear(): void {
    rmSync(this.file, { force: true });
  }
}

/**
 * Ends what a record names: first the supervisor, which ends the rest in order, then whatever is
 * left. @returns the names of children that had to be ended here
 */
export async function endRun(run: RunRecord): Promise<string[]> {
  await endProcess(run.supervisor, SUPERVISOR_GRACE_MS);
  const left = Object.entries(run.children).filter(([, id]) => isRunning(id));
  await Promise.all(left.map(([, id]) => endProcess(id, CHILD_GRACE_MS)));
  return left.map(([name]) => name);
}
