/** Where the figures come from: said with every figure. */
import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from './figures.ts';

/** `2× Intel(R) Xeon(R) Processor, 24 GB, linux x64, Node 24.21.0` */
export function describeMachine(): string {
  const cores = cpus();
  const gigabytes = Math.round(totalmem() / 1024 ** 3);
  return [
    `${cores.length}× ${cores[0]?.model.trim() ?? 'unknown processor'}`,
    `${gigabytes} GB`,
    `${process.platform} ${process.arch}`,
    `Node ${process.versions.node}`,
  ].join(', ');
}

export const describeSync = (always: boolean): string =>
  always ? 'sync_interval: always' : 'sync_interval: default (2 minutes)';

/** As in Linux' magic.h. */
const TMPFS = 0x01021994;
const SYNCS = 100;

/** What the engines' files lie on: the table engine waits for the disk with every row. */
export function describeDisk(dir: string): string {
  if (statfsSync(dir).type === TMPFS) return 'data in memory (tmpfs)';
  const probe = join(dir, 'sync-probe');
  const file = openSync(probe, 'w');
  const block = Buffer.alloc(4_096, 1);
  const tookMs: number[] = [];
  for (let i = 0; i < SYNCS; i += 1) {
    const began = performance.now();
    writeSync(file, block);
    fdatasyncSync(file);
    tookMs.push(performance.now() - began);
  }
  closeSync(file);
  rmSync(probe);
  return `data on disk (4 KB and fdatasync: ${median(tookMs).toFixed(2)} ms)`;
}
