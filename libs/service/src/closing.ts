import type { Server } from 'node:http';

const SWEEP_MS = 50;

/**
 * Stops listening and lets requests under way come to their answers.
 *
 * Node closes connections that are idle when this is called, but keeps those that become idle
 * later for as long as keep-alive lasts, and stops cutting off slow senders: both is done here.
 *
 * @param close the framework's own way of closing the server
 * @param lastAnswersMs after this, whoever is still sending or reading is cut off
 */
export async function closeServer(
  server: Server,
  close: () => Promise<void>,
  lastAnswersMs: number,
): Promise<void> {
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const limit = setTimeout(() => server.closeAllConnections(), lastAnswersMs);
  try {
    await close();
  } finally {
    clearInterval(sweep);
    clearTimeout(limit);
  }
}

/**
 * On SIGTERM or SIGINT: `end`, then exit code 0; code 1 when that takes longer than `limitMs`.
 */
export function endOnSignal(end: (signal: string) => Promise<void>, limitMs: number): void {
  const shutDown = async (signal: string): Promise<void> => {
    setTimeout(() => process.exit(1), limitMs).unref();
    await end(signal);
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void shutDown(signal));
}
