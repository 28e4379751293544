/**
 * The demo: a small website, and on another origin the chat widget in its frame.
 *
 * One server stands for three: the website, the widget's host, and the chat backend, which answers
 * questions and says so to ingest (QA_COMPLETE, with the server key). It also asks the query API for
 * the visitor's journey, so that no token gets into a page.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { build } from 'esbuild';
import { WORKSPACE } from '../harness/workspace.ts';
import { answerTo } from './answers.ts';

export interface DemoSiteOptions {
  /** 0: any that is free. */
  port: number;
  tenant: { tenant_hash: string; write_key: string; server_key: string };
  /** Bearer token that may read this tenant's journeys with their texts: an admin's. */
  token: string;
  ingestUrl: string;
  queryUrl: string;
}

export interface DemoSite {
  /** Of the website; any path is a page of it. */
  url: string;
  close(): Promise<void>;
}

interface Answer {
  status?: number;
  type: string;
  body: string | Buffer;
}

interface Question {
  question?: string;
  session_id?: string;
  step_number?: number;
}

const SOURCES = join(WORKSPACE, 'libs/tracker/demo');
const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value),
});

/** The pages' scripts, by their address. */
async function bundleScripts(): Promise<Map<string, string>> {
  const { version } = JSON.parse(
    readFileSync(join(WORKSPACE, 'libs/tracker/package.json'), 'utf8'),
  ) as { version: string };
  const { outputFiles } = await build({
    entryPoints: ['host.ts', 'widget.ts'].map((name) => join(SOURCES, name)),
    tsconfig: join(WORKSPACE, 'libs/tracker/tsconfig.json'),
    outdir: 'demo',
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2021',
    define: { SDK_VERSION: JSON.stringify(version) },
  });
  return new Map(
    outputFiles.map(({ path, text: code }) => [`/demo/${path.split(/[/\\]/).at(-1)}`, code]),
  );
}

/** Says to ingest what was asked and answered, in the visitor's session at the visitor's step. */
async function reportAnswer(
  { ingestUrl, tenant }: DemoSiteOptions,
  asked: Question,
  answer: { text: string; branch_id: string },
  tookMs: number,
): Promise<void> {
  if (asked.session_id === undefined || asked.step_number === undefined) return;
  const event = {
    schema_version: '1.0',
    timestamp: new Date().toISOString(),
    session_id: asked.session_id,
    event_type: 'QA_COMPLETE',
    payload: {
      question: asked.question,
      answer: answer.text,
      routing_tier: 'explicit',
      branch_id: answer.branch_id,
      response_time_ms: tookMs,
      in_response_to_step: asked.step_number,
    },
  };
  await fetch(`${ingestUrl}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-server-key': tenant.server_key },
    body: JSON.stringify({ events: [event] }),
  });
}

/** Like a backend that thinks for a moment. */
async function chat(options: DemoSiteOptions, request: IncomingMessage): Promise<Answer> {
  const beganMs = Date.now();
  const asked = JSON.parse(await text(request)) as Question;
  const answer = answerTo(asked.question ?? '');
  await reportAnswer(options, asked, answer, Date.now() - beganMs).catch(() => undefined);
  return json(answer);
}

async function journey({ queryUrl, token }: DemoSiteOptions, session: string): Promise<Answer> {
  const answer = await fetch(`${queryUrl}/analytics/journey/${session}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  // Not known yet: nothing that a browser should complain about.
  const status = answer.status === 404 ? 204 : answer.status;
  return { status, type: 'application/json', body: await answer.text() };
}

const listen = async (server: Server, port: number): Promise<number> => {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
};

export async function startDemoSite(options: DemoSiteOptions): Promise<DemoSite> {
  const { ingestUrl, tenant } = options;
  const scripts = await bundleScripts();
  let widgetOrigin = '';

  const answer = async (request: IncomingMessage, path: string): Promise<Answer> => {
    const script = scripts.get(path);
    if (script !== undefined) return { type: TYPES['.js']!, body: script };
    if (path === '/demo/config.json') {
      return json({
        tenant: tenant.tenant_hash,
        writeKey: tenant.write_key,
        endpoint: ingestUrl,
        widgetUrl: `${widgetOrigin}/demo/widget.html`,
      });
    }
    if (path === '/demo/chat' && request.method === 'POST') return chat(options, request);
    const session = /^\/demo\/journey\/([\w.-]{1,128})$/.exec(path)?.[1];
    if (session !== undefined) return journey(options, session);
    const file = /^\/demo\/([\w-]+\.(?:html|css))$/.exec(path)?.[1] ?? 'index.html';
    if (path.startsWith('/demo/') && file === 'index.html') return json({ status: 404 }, 404);
    return { type: TYPES[extname(file)]!, body: readFileSync(join(SOURCES, file)) };
  };

  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://demo');
    answer(request, pathname)
      .catch(() => json({ status: 503 }, 503))
      .then(({ status = 200, type, body }) => {
        response.writeHead(status, {
          'content-type': type,
          'cache-control': 'no-store',
          // As strict as a customer's may be: nothing inline, and one address to send to.
          'content-security-policy':
            `default-src 'none'; script-src 'self'; style-src 'self'; ` +
            `connect-src 'self' ${ingestUrl}; frame-src ${widgetOrigin}; img-src data:; base-uri 'none'`,
        });
        response.end(body);
      })
      .catch(() => request.socket.destroy());
  });
  const port = await listen(server, options.port);
  // Another name of the same machine is another origin.
  widgetOrigin = `http://localhost:${port}`;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
