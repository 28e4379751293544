import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SpanKind } from '@opentelemetry/api';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { createLogger } from './logging.ts';
import { activeTrace, extractTrace, injectTrace, withSpan } from './spans.ts';
import { startTelemetry, type Telemetry } from './tracing.ts';

interface ExportedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  status: { code?: number; message?: string };
  attributes: { key: string; value: Record<string, unknown> }[];
  events?: unknown[];
}

/** What NATS' MsgHdrs do with a header that is not there: the empty string. */
const headerMap = () => {
  const entries = new Map<string, string>();
  return {
    get: (name: string) => entries.get(name) ?? '',
    set: (name: string, value: string) => void entries.set(name, value),
  };
};

const exported: ExportedSpan[] = [];
const services = new Set<unknown>();
let receiver: Server;
let telemetry: Telemetry;

beforeAll(async () => {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as {
        resourceSpans: {
          resource: { attributes: { key: string; value: { stringValue?: string } }[] };
          scopeSpans: { spans: ExportedSpan[] }[];
        }[];
      };
      if (request.url !== '/v1/traces') return response.writeHead(404).end();
      for (const { resource, scopeSpans } of body.resourceSpans) {
        services.add(
          resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue,
        );
        for (const { spans } of scopeSpans) exported.push(...spans);
      }
      return response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  telemetry = await startTelemetry({
    service: 'spec-service',
    otlpEndpoint: `http://127.0.0.1:${port}/`,
  });
});

afterAll(async () => {
  await telemetry.shutdown();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

const spanNamed = async (name: string): Promise<ExportedSpan> => {
  await telemetry.flush();
  const span = exported.find((candidate) => candidate.name === name);
  if (!span) throw new Error(`span ${name} was not exported`);
  return span;
};

describe('a started telemetry', () => {
  it.each([
    ['NATS headers', headerMap()],
    ['a plain record', {}],
  ])('carries a trace over %s', async (kind, headers) => {
    await withSpan(`send ${kind}`, { kind: SpanKind.PRODUCER }, () => {
      injectTrace(headers);
      return Promise.resolve();
    });
    await withSpan(`receive ${kind}`, { parent: extractTrace(headers) }, () => Promise.resolve());
    const sent = await spanNamed(`send ${kind}`);
    const received = await spanNamed(`receive ${kind}`);
    expect(received.traceId).toBe(sent.traceId);
    expect(received.parentSpanId).toBe(sent.spanId);
    expect(services).toEqual(new Set(['spec-service']));
  });

  it('writes no header outside of a span', () => {
    const headers = {};
    injectTrace(headers);
    expect(headers).toEqual({});
  });

  it("marks a failed span with the error's class and nothing that it says", async () => {
    const failing = withSpan('failing', { attributes: { 'journey.session': 'sess_1' } }, () =>
      Promise.reject(new RangeError('value "my SECRET" is too long')),
    );
    await expect(failing).rejects.toThrow('SECRET');
    const span = await spanNamed('failing');
    expect(span.status).toEqual({ code: 2, message: 'RangeError' });
    expect(span.events ?? []).toEqual([]);
    expect(JSON.stringify(span)).not.toContain('SECRET');
  });

  it('keeps the decision of a trace that was not sampled', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const parent = extractTrace({ traceparent: `00-${traceId}-b7ad6b7169203331-00` });
    await withSpan('unsampled', { parent }, (span) => {
      expect(span.isRecording()).toBe(false);
      expect(activeTrace()?.trace_id).toBe(traceId);
      return Promise.resolve();
    });
    await telemetry.flush();
    expect(exported.map(({ name }) => name)).not.toContain('unsampled');
  });

  it('puts the ids of the active span into log lines', async () => {
    const lines: string[] = [];
    const logger = createLogger({
      service: 'spec',
      destination: new Writable({
        write(chunk: Buffer, _encoding, done) {
          lines.push(chunk.toString());
          done();
        },
      }),
    });
    await withSpan('logging', {}, () => {
      logger.info('inside');
      return Promise.resolve();
    });
    logger.info('outside');
    const span = await spanNamed('logging');
    expect(JSON.parse(lines[0]!)).toMatchObject({ trace_id: span.traceId, span_id: span.spanId });
    expect(JSON.parse(lines[1]!)).not.toHaveProperty('trace_id');
  });
});

describe('startTelemetry', () => {
  it('stays off without an endpoint', async () => {
    const off = await startTelemetry({ service: 'spec' });
    expect(off.enabled).toBe(false);
    await off.shutdown();
  });

  it('refuses an impossible sampling ratio', async () => {
    await expect(startTelemetry({ service: 'spec', sampling: 2 })).rejects.toThrow(RangeError);
    await expect(startTelemetry({ service: 'spec', sampling: NaN })).rejects.toThrow(RangeError);
  });
});
