/** Telling a process that we started from one that got its number later, and ending it. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ProcessId {
  pid: number;
  /** When it started, in the system's own words; the same number with another start is another. */
  started: string;
}

/** Fields 3 (state) and 22 (start) of /proc/<pid>/stat; the name before may hold anything. */
function readProc(pid: number): { state: string; started: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

/** Undefined when there is no such process, or only a zombie of it. */
function startOf(pid: number): string | undefined {
  if (existsSync('/proc/self/stat')) {
    const found = readProc(pid);
    return found && found.state !== 'Z' ? found.started : undefined;
  }
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout?.trim() || undefined;
}

export function identify(pid: number): ProcessId {
  return { pid, started: startOf(pid) ?? 'gone' };
}

export const isRunning = ({ pid, started }: ProcessId): boolean => startOf(pid) === started;

/** SIGTERM, and SIGKILL when it has not ended after the grace period. */
export async function endProcess(id: ProcessId, graceMs: number): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGTERM', graceMs],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!isRunning(id)) return;
    try {
      process.kill(id.pid, signal);
    } catch {
      return; // It ended in between.
    }
    for (const end = Date.now() + waitMs; isRunning(id) && Date.now() < end;) await sleep(50);
  }
}
