import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TraceSink {
  url: string;
  close(): Promise<void>;
}

/** Takes spans and forgets them: tracing costs its sender what it would cost in production. */
export async function startTraceSink(): Promise<TraceSink> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
