/** Stands between the pages and ingest: passes on, misbehaves when told, and counts what it sees. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * - `pass`: on to ingest;
 * - `unavailable`: 503 with Retry-After, nothing is passed on;
 * - `cut`: the connection breaks before ingest hears of it;
 * - `swallow`: ingest takes it, and the answer gets lost;
 * - `slow`: a second late.
 */
export type GatewayMode = 'pass' | 'unavailable' | 'cut' | 'swallow' | 'slow';

export interface SeenRequest {
  atMs: number;
  /** Which page has sent it. */
  page: string;
  /** UTF-8, of the body. */
  bytes: number;
  eventIds: string[];
  mode: GatewayMode;
  /** What ingest answered; undefined where it did not, or was not asked. */
  status?: number;
  /** When it was over for the page, answered or not. */
  endedAtMs?: number;
  answered: boolean;
}

export interface Gateway {
  url: string;
  mode: GatewayMode;
  /** Requests with events, in the order of their arrival. */
  readonly requests: SeenRequest[];
  /** Requests that the browser sent to ask whether it may send one. */
  readonly preflights: number;
  close(): Promise<void>;
}

const RETRY_AFTER_S = '1';
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after',
};

const eventIdsIn = (body: string): string[] => {
  try {
    const { events = [] } = JSON.parse(body) as { events?: { event_id: string }[] };
    return events.map(({ event_id }) => event_id);
  } catch {
    return [];
  }
};

/** @param target ingest's URL */
export async function startGateway(target: string): Promise<Gateway> {
  const requests: SeenRequest[] = [];
  let preflights = 0;
  const gateway = { mode: 'pass' as GatewayMode };

  const forward = async (request: IncomingMessage, body: string): Promise<Response> =>
    fetch(target + request.url!.split('?')[0]!, {
      method: 'POST',
      body,
      headers: {
        'content-type': request.headers['content-type'] ?? 'text/plain',
        'user-agent': request.headers['user-agent'] ?? '',
        ...(request.headers.origin && { origin: request.headers.origin }),
      },
    });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'OPTIONS') {
      preflights += 1;
      response.writeHead(204, { ...CORS, 'access-control-allow-headers': '*' }).end();
      return;
    }
    const body = await text(request);
    const { mode } = gateway;
    const seen: SeenRequest = {
      atMs: Date.now(),
      page: new URL(request.url!, target).searchParams.get('page') ?? '',
      bytes: Buffer.byteLength(body),
      eventIds: eventIdsIn(body),
      mode,
      answered: false,
    };
    requests.push(seen);
    response.once('finish', () => (seen.answered = true));
    response.once('close', () => (seen.endedAtMs = Date.now()));
    if (mode === 'cut') return void request.socket.destroy();
    if (mode === 'unavailable') {
      response.writeHead(503, { ...CORS, 'retry-after': RETRY_AFTER_S }).end('{}');
      return;
    }
    if (mode === 'slow') await sleep(1_000);
    const answer = await forward(request, body);
    const json = await answer.text();
    seen.status = answer.status;
    if (mode === 'swallow') return void request.socket.destroy();
    const retryAfter = answer.headers.get('retry-after');
    response.writeHead(answer.status, {
      ...CORS,
      'content-type': 'application/json',
      ...(retryAfter && { 'retry-after': retryAfter }),
    });
    response.end(json);
  };

  const server = createServer((request, response) => {
    // Ingest is down, or the page has gone: both look like a broken connection to the other side.
    handle(request, response).catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.defineProperties(gateway, {
    url: { value: `http://127.0.0.1:${port}` },
    requests: { value: requests },
    preflights: { get: () => preflights },
    close: {
      value: () =>
        new Promise<void>((resolve) => {
          server.closeAllConnections();
          server.close(() => resolve());
        }),
    },
  }) as Gateway;
}
