/** Ingest's answer without ingest: what arrives is kept to be looked at. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface CollectedEvent {
  event_id: string;
  event_type: string;
  session_id: string;
  step_number: number;
  sequence_number?: number;
  payload: Record<string, unknown>;
  attribution?: Record<string, string>;
}

export interface Collector {
  url: string;
  /** False: connections break. */
  up: boolean;
  /**
   * Each event once: a page that is gone has read no answer, so the next one sends its last events
   * again.
   */
  readonly sent: CollectedEvent[];
  readonly methods: string[];
  types(): string[];
  /** Resolves when it holds; throws when it does not within ten seconds. */
  until(holds: () => boolean): Promise<void>;
  /** Forgets what it has. */
  reset(): void;
  close(): Promise<void>;
}

export async function startCollector(): Promise<Collector> {
  const sent: CollectedEvent[] = [];
  const methods: string[] = [];
  const server = createServer((request, response) => {
    methods.push(request.method ?? '');
    void text(request).then((body) => {
      if (!collector.up) return request.socket.destroy();
      const { events } = JSON.parse(body) as { events: CollectedEvent[] };
      const known = new Set(sent.map(({ event_id }) => event_id));
      sent.push(...events.filter(({ event_id }) => !known.has(event_id)));
      response.writeHead(200, {
        'content-type': 'application/json',
        'access-control-allow-origin': '*',
      });
      response.end(JSON.stringify({ accepted: events.length, duplicates: 0, rejected: [] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const collector: Collector = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    up: true,
    sent,
    methods,
    types: () => sent.map(({ event_type }) => event_type),
    until: async (holds) => {
      for (let i = 0; i < 200 && !holds(); i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      if (!holds()) throw new Error(`only these came: ${JSON.stringify(collector.types())}`);
    },
    reset: () => {
      sent.length = methods.length = 0;
      collector.up = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return collector;
}
