/** Receives traces as an OpenTelemetry collector does: OTLP over HTTP, in JSON. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** One span as it came, its attributes as a plain object. */
export interface ReceivedSpan {
  service: string;
  name: string;
  /** Hex, 32 digits. */
  traceId: string;
  /** Hex, 16 digits. */
  spanId: string;
  /** `''` for the root of a trace. */
  parentSpanId: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  durationMs: number;
  attributes: Record<string, unknown>;
  /** 0 unset, 1 ok, 2 error. */
  status: number;
}

export interface OtlpReceiver {
  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` has to be. */
  readonly url: string;
  /** All spans so far, in the order of arrival. */
  spans(): ReceivedSpan[];
  /** All bodies so far as text: to show that something is in none of them. */
  raw(): string;
  close(): Promise<void>;
}

/** OTLP's `AnyValue`: exactly one of these. */
interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string | number;
  doubleValue?: number;
  arrayValue?: { values?: AnyValue[] };
  kvlistValue?: { values?: KeyValue[] };
}

interface KeyValue {
  key: string;
  value?: AnyValue;
}

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind?: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: KeyValue[];
  status?: { code?: number };
}

interface ExportRequest {
  resourceSpans?: {
    resource?: { attributes?: KeyValue[] };
    scopeSpans?: { spans?: OtlpSpan[] }[];
  }[];
}

function plain(value: AnyValue = {}): unknown {
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(plain);
  if (value.kvlistValue) return attributesOf(value.kvlistValue.values);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? null;
}

const attributesOf = (list: KeyValue[] = []): Record<string, unknown> =>
  Object.fromEntries(list.map(({ key, value }) => [key, plain(value)]));

/** All spans of one export request. */
export function decodeSpans(request: ExportRequest): ReceivedSpan[] {
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) => {
    const name = resource?.attributes?.find(({ key }) => key === 'service.name');
    const service = name?.value?.stringValue ?? '';
    return scopeSpans.flatMap(({ spans = [] }) =>
      spans.map((span) => ({
        service,
        name: span.name,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        kind: span.kind ?? 0,
        durationMs: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6,
        attributes: attributesOf(span.attributes),
        status: span.status?.code ?? 0,
      })),
    );
  });
}

/** Starts a receiver on a free port of the loopback address. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const received: ReceivedSpan[] = [];
  const bodies: string[] = [];

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const packed = await buffer(request);
    if (request.method !== 'POST' || request.url !== '/v1/traces') {
      response.writeHead(404).end();
      return;
    }
    if (!request.headers['content-type']?.startsWith('application/json')) {
      response.writeHead(415).end();
      return;
    }
    const zipped = request.headers['content-encoding'] === 'gzip';
    const body = (zipped ? gunzipSync(packed) : packed).toString('utf8');
    received.push(...decodeSpans(JSON.parse(body) as ExportRequest));
    bodies.push(body);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  };

  const server = createServer((request, response) => {
    receive(request, response).catch((error: unknown) => {
      response.writeHead(400).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans: () => [...received],
    raw: () => bodies.join('\n'),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
