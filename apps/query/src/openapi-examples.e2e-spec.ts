/**
 * Every operation, asked as its example says: the answer is what the description promises.
 * `RECORD=1` keeps the answers as the description's examples.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connectBroker, provisionStreams, type Broker } from '@picasso/messaging';
import { specSetting, useEngines } from '@picasso/testing';
import type { OpenAPIObject } from '@nestjs/swagger';
import { format, resolveConfig } from 'prettier';
import { describeApi, type Examples, operationsOf } from './openapi.ts';
import { plantExamples, REQUESTS, TENANT } from './openapi-examples.fixture.ts';
import { schemaChecker, type Mistakes } from './openapi-schemas.fixture.ts';
import { signToken, startQuery, type RunningQuery } from './query.fixture.ts';

const engines = useEngines({ nats: true, tables: true });
const recorded: Examples = {};
/** Ids that the answers before have told. */
const told: Record<string, string> = {};
let broker: Broker;
let ingest: Server;
let query: RunningQuery;
let base: string;
let document: OpenAPIObject;
let mistakes: Mistakes;

beforeAll(async () => {
  broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
  await provisionStreams(broker.jsm);
  ingest = createServer((_request, response) => {
    const refusal = { code: 'unknown_key', message: 'no such key' };
    response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify(refusal));
  }).listen(0, '127.0.0.1');
  await once(ingest, 'listening');
  query = await startQuery(engines().tables.url, {
    ...{ LOCAL_MODE: '1', NATS_URL: engines().nats.url },
    INGEST_URL: `http://127.0.0.1:${(ingest.address() as AddressInfo).port}`,
  });
  await plantExamples(query.tables, broker);
  await query.app.listen(0, '127.0.0.1');
  base = await query.app.getUrl();
  document = describeApi(query.app);
  mistakes = schemaChecker(document);
});
afterAll(async () => {
  await query.stop();
  await broker.close();
  ingest.close();
  if (specSetting('RECORD') > 0) {
    const file = join(import.meta.dirname, 'openapi-examples.json');
    const style = await resolveConfig(file);
    await writeFile(file, await format(JSON.stringify(recorded), { ...style, parser: 'json' }));
  }
});

it('every operation has a request, and every request an operation', () => {
  const ids = operationsOf(document).map(({ operation }) => operation.operationId);
  expect(Object.keys(REQUESTS).sort()).toEqual(ids.sort());
});

describe('an answer is as it is described', () => {
  it.each(Object.entries(REQUESTS))('%s', async (id, request) => {
    const { method, path, operation } = operationsOf(document).find(
      ({ operation: { operationId } }) => operationId === id,
    )!;
    const parameters = Object.fromEntries(
      Object.entries(request.parameters ?? {}).map(([name, value]) => [
        name,
        value === '' ? told[name] : value,
      ]),
    ) as Record<string, string | number>;
    const address = new URL(
      path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(parameters[name]!)),
      base,
    );
    for (const { name, in: place } of (operation.parameters ?? []) as {
      name: string;
      in: string;
    }[])
      if (place === 'query' && name in parameters)
        address.searchParams.set(name, String(parameters[name]));
    const { role = 'admin' } = request;
    const token = await signToken({ role, ...(role !== 'ops' && { tenant_hash: TENANT }) });
    const body = id === 'auth_exchange' ? { token } : request.body;
    const controller = new AbortController();
    const response = await fetch(address, {
      method,
      headers: {
        ...{ authorization: `Bearer ${token}`, origin: base },
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: controller.signal,
    });

    const described = operation.responses[String(response.status)];
    expect([response.status, described]).toEqual([response.status, expect.anything()]);
    expect(response.ok).toBe(true);
    const type = response.headers.get('content-type')?.split(';')[0];
    const { content = {} } = described as { content?: Record<string, { schema: unknown }> };
    if (type) expect(Object.keys(content)).toContain(type);
    else expect(content).toEqual({});
    let answer: unknown;
    if (type === 'application/json') {
      answer = await response.json();
      expect(mistakes(content[type]?.schema, answer)).toEqual([]);
      remember(answer);
    } else if (type === 'text/event-stream') controller.abort();
    else await response.arrayBuffer();

    recorded[id] = shown({
      ...(Object.keys(parameters).length > 0 && { parameters }),
      ...(body && { request: id === 'auth_exchange' ? { token: 'the portal’s JWT' } : body }),
      ...(answer !== undefined && { response: answer }),
    }) as Examples[string];
  });
});

/** What later requests name. */
function remember(answer: unknown): void {
  const { items, tenant, erasure_id } = answer as {
    items?: { id?: string; question?: string }[];
    tenant?: { write_keys: { sha256: string }[] };
    erasure_id?: string;
  };
  const question = items?.find((item) => item.question !== undefined);
  if (question?.id) told['id'] ??= question.id;
  if (tenant?.write_keys.length === 2) told['sha256'] ??= tenant.write_keys[0]?.sha256 as string;
  if (erasure_id) told['erasure_id'] ??= erasure_id;
}

/** Without keys, and with lists that can be taken in. */
function shown(value: unknown, name = ''): unknown {
  if (typeof value === 'string' && /^(write_key|server_key|csrf_token)$/.test(name))
    return `${value.slice(0, 3)}…`;
  if (Array.isArray(value))
    return value.slice(0, name === 'cells' ? 3 : 8).map((one) => shown(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shown(one, key)]));
}
