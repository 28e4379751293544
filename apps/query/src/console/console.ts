import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import staticFiles from '@fastify/static';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { QueryConfig } from '../config.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';

/** Stands in the built `index.html` wherever the answer's nonce belongs. */
const NONCE = '__CSP_NONCE__';
/** Tells the console that it may offer sign-in without a portal. */
const LOCAL_SIGN_IN = '<meta name="local-sign-in" content="yes" />';
/** Not pages of the console, whatever a browser says that it accepts. */
const SERVICE_PATHS = /^\/(analytics|docs|health|metrics)(\/|$)/;
/** Names that the build derives from the content, e.g. `main-4F5K2W3A.js`, `page-CwuLUapq.js`. */
const HASHED = /-[\w-]{8}\.\w+$/;

/**
 * Serves the built console from the same origin as the API: its files, and `index.html` for every
 * address that a browser navigates to and that is none of the service's own.
 *
 * @throws Error when `CONSOLE_DIR` holds no built console
 */
export async function serveConsole(
  app: NestFastifyApplication,
  { consoleDir, auth }: Pick<QueryConfig, 'consoleDir' | 'auth'>,
): Promise<void> {
  if (!consoleDir) return;
  const root = resolve(consoleDir);
  const index = await readFile(join(root, 'index.html'), 'utf8').catch((cause: unknown) => {
    throw new Error(`CONSOLE_DIR has no index.html: ${root}`, { cause });
  });
  const page = auth.localSignIn ? index.replace('</head>', `${LOCAL_SIGN_IN}</head>`) : index;

  await app.register(staticFiles, {
    root,
    // A route per file that is there; every other address is the fallback's.
    wildcard: false,
    index: false,
    globIgnore: ['index.html'],
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const name = path.replace(/\.(br|gz)$/, '');
      const lasts = HASHED.test(name) ? 'max-age=31536000, immutable' : 'max-age=300';
      void reply.header('cache-control', `public, ${lasts}`);
    },
  });
  const answer = (request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined => {
    if (!isNavigation(request)) {
      reply.callNotFound();
      return undefined;
    }
    const nonce = randomBytes(18).toString('base64');
    return reply
      .header('content-security-policy', contentSecurityPolicy(nonce))
      .type('text/html; charset=utf-8')
      .send(page.replaceAll(NONCE, nonce));
  };
  const fastify = app.getHttpAdapter().getInstance();
  for (const url of ['/', '/*']) fastify.get(url, answer);
}

function isNavigation({ url, headers }: FastifyRequest): boolean {
  const path = url.split('?', 1)[0] ?? '/';
  return !SERVICE_PATHS.test(path) && (headers.accept ?? '').includes('text/html');
}
