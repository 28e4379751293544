/** Where the figures come from: said with every figure. */
import { cpus, totalmem } from 'node:os';

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
