import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Longer than a publish may take (5 s): whoever is still sending then has nothing stored yet. */
const LAST_ANSWERS_MS = 7_000;
const SWEEP_MS = 50;

/**
 * Stops listening and lets requests under way come to their answers.
 *
 * Node closes connections that are idle when this is called, but keeps those that become idle
 * later for as long as keep-alive lasts, and stops cutting off slow senders: both is done here.
 */
export async function closeServer(app: NestFastifyApplication): Promise<void> {
  const server: Server = app.getHttpServer();
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const limit = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
  try {
    await app.close();
  } finally {
    clearInterval(sweep);
    clearTimeout(limit);
  }
}
