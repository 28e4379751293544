/** Starting other programs from the checks. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { delimiter, join } from 'node:path';

/** The workspace's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Nx without its background process, its screen drawing and its cloud: output is for logs. */
const ENVIRONMENT = {
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  FORCE_COLOR: process.stdout.isTTY ? '1' : '0',
  PATH: [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter),
};

const LONGEST_MS = 20 * 60_000;

export interface Finished {
  /** Exit code; 1 when a signal ended the program or it took too long. */
  code: number;
  /** stdout and stderr as they came. */
  output: string;
}

/**
 * Runs a program of the workspace (`node_modules/.bin` comes first in its PATH) to its end.
 * `live` passes the output on while it runs; it is collected in any case. After `timeoutMs` it is
 * killed, and the output says so.
 */
export function run(
  command: string,
  args: string[],
  options: { live?: boolean; env?: Record<string, string>; timeoutMs?: number } = {},
): Promise<Finished> {
  const { timeoutMs = LONGEST_MS } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env: { ...process.env, ...ENVIRONMENT, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      from.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        if (options.live) to.write(chunk);
      });
    }
    const timer = setTimeout(() => {
      chunks.push(Buffer.from(`\n${command} took longer than ${timeoutMs / 1000} s\n`));
      child.kill('SIGKILL');
    }, timeoutMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}
