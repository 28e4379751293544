/** CPU time of other processes. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Linux counts in hundredths of a second on every platform that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * CPU seconds (user and system, all threads) in a line of /proc/<pid>/stat: fields 14 and 15. The
 * name in parentheses before may hold anything.
 */
export function cpuSecondsIn(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** @throws Error where there is no /proc, or no such process */
export const cpuSeconds = (pid: number): number =>
  cpuSecondsIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));

/** CPU seconds per name that passed since `start` was taken. */
export type CpuUse = Record<string, number>;

export const readCpu = (pids: Record<string, number>): CpuUse =>
  Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuSeconds(pid)]));

export const cpuSince = (start: CpuUse, pids: Record<string, number>): CpuUse =>
  Object.fromEntries(
    Object.entries(readCpu(pids)).map(([name, seconds]) => [name, seconds - (start[name] ?? 0)]),
  );

/** `ingest 6 %, tables 12 %`: shares of all cores over `seconds`. */
export const describeCpu = (use: CpuUse, seconds: number): string =>
  Object.entries(use)
    .map(([name, cpu]) => `${name} ${Math.round((100 * cpu) / seconds / availableParallelism())} %`)
    .join(', ');
