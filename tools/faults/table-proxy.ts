/**
 * An HTTP proxy in front of the table engine that misbehaves on demand. It stands where the network
 * and DynamoDB stand: the services cannot tell it from the real thing having a bad day.
 */
import {
  Agent,
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '@picasso/contracts';

/** A DynamoDB call as it travels: `X-Amz-Target: DynamoDB_20120810.PutItem` and a JSON body. */
export interface TableCall {
  operation: string;
  input: JsonObject;
}

/** What happens to one call. */
export type Treatment =
  | { kind: 'pass' }
  /** The connection breaks before the engine sees anything. */
  | { kind: 'cut' }
  /** The engine does it, and the connection breaks before the answer: applied, but nobody knows. */
  | { kind: 'apply-then-cut' }
  /** The engine does it, and the caller is told that it failed. */
  | { kind: 'apply-then-refuse'; error: TableError }
  /** Refused, and not done. */
  | { kind: 'refuse'; error: TableError }
  /** Only this goes to the engine; `unprocessed` is added to its answer. */
  | { kind: 'partly'; input: JsonObject; unprocessed: JsonObject };

export interface TableError {
  status: number;
  body: JsonObject;
}

/** Decides what happens to a call; pure but for its randomness. */
export type TableFault = (call: TableCall) => Treatment;

export interface TableProxy {
  url: string;
  /** Replaces what happens from now on; undefined: everything passes. */
  misbehave(fault: TableFault | undefined): void;
  /** Calls that were not simply passed on. */
  mistreated(): number;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const readAll = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const forward = (
  target: URL,
  agent: Agent,
  headers: IncomingHttpHeaders,
  body: Buffer,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { host: _, 'content-length': __, ...rest } = headers;
    const call = request(target, {
      method: 'POST',
      agent,
      headers: { ...rest, 'content-length': body.length },
    });
    call.once('error', reject);
    call.once('response', (response) => {
      readAll(response).then(
        (answer) =>
          resolve({ status: response.statusCode ?? 500, headers: response.headers, body: answer }),
        reject,
      );
    });
    call.end(body);
  });

const send = (response: ServerResponse, { status, headers, body }: Answer): void => {
  const { 'content-length': _, 'transfer-encoding': __, connection: ___, ...rest } = headers;
  response.writeHead(status, { ...rest, 'content-length': body.length });
  response.end(body);
};

const refuse = (response: ServerResponse, { status, body }: TableError): void =>
  send(response, {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: Buffer.from(JSON.stringify(body)),
  });

/** The answer with what was withheld handed back; its checksum would no longer fit and is left out. */
const withUnprocessed = (answer: Answer, unprocessed: JsonObject): Answer => {
  if (answer.status !== 200) return answer;
  const { 'x-amz-crc32': _, ...headers } = answer.headers;
  const body = {
    ...(JSON.parse(answer.body.toString()) as JsonObject),
    UnprocessedItems: unprocessed,
  };
  return { ...answer, headers, body: Buffer.from(JSON.stringify(body)) };
};

export const startTableProxy = async (tablesUrl: string): Promise<TableProxy> => {
  const target = new URL(tablesUrl);
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  let fault: TableFault | undefined;
  let mistreated = 0;

  const treat = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(message);
    const pass = (sent = body): Promise<Answer> => forward(target, agent, message.headers, sent);
    if (!fault) return send(response, await pass());
    const call: TableCall = {
      operation:
        String(message.headers['x-amz-target'] ?? '')
          .split('.')
          .at(-1) ?? '',
      input: JSON.parse(body.toString() || '{}') as JsonObject,
    };
    const treatment = fault(call);
    if (treatment.kind !== 'pass') mistreated += 1;
    switch (treatment.kind) {
      case 'pass':
        return send(response, await pass());
      case 'cut':
        message.socket.destroy();
        return;
      case 'apply-then-cut':
        await pass();
        message.socket.destroy();
        return;
      case 'apply-then-refuse':
        await pass();
        return refuse(response, treatment.error);
      case 'refuse':
        return refuse(response, treatment.error);
      case 'partly':
        return send(
          response,
          withUnprocessed(
            await pass(Buffer.from(JSON.stringify(treatment.input))),
            treatment.unprocessed,
          ),
        );
    }
  };

  const server = createServer((message, response) => {
    // A caller that was killed, or an engine that is gone: the same broken connection for the other.
    treat(message, response).catch(() => message.socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    misbehave: (next) => {
      fault = next;
    },
    mistreated: () => mistreated,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      agent.destroy();
    },
  };
};
