import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Tables, TenantStore, connectTables, provisionTables } from '@picasso/storage';
import {
  type OtlpReceiver,
  type ReceivedSpan,
  type RunningService,
  batch,
  eventually,
  sessionOf,
  startOtlpReceiver,
  startService,
  useEngines,
} from '@picasso/testing';

const TENANT = 'tn_trace';
const CANARY = 'xyzzy-what-a-visitor-wrote';

describe('one trace from the POST to the table writes', () => {
  const engines = useEngines({ nats: true, tables: true });
  const services: RunningService[] = [];
  let tables: Tables;
  let receiver: OtlpReceiver;
  let writeKey: string;

  beforeAll(async () => {
    receiver = await startOtlpReceiver();
    tables = connectTables({ endpoint: engines().tables.url, region: 'local', prefix: 'trace-' });
    await provisionTables(tables);
    ({ write_key: writeKey } = await new TenantStore(tables).create({ tenant_hash: TENANT }));
    const env = {
      NATS_URL: engines().nats.url,
      DYNAMODB_ENDPOINT: engines().tables.url,
      AWS_REGION: 'local',
      TABLE_PREFIX: 'trace-',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      TRACE_SAMPLING: '1',
      LOG_LEVEL: 'trace',
    };
    services.push(await startService('sessionizer', env), await startService('ingest', env));
  }, 120_000);

  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    tables.close();
    await receiver.close();
  });

  it('holds ingest’s request, the broker’s hop, and every write of the sessionizer', async () => {
    const [sessionizer, ingest] = services as [RunningService, RunningService];
    const events = sessionOf(
      [
        'WIDGET_OPENED',
        { type: 'MESSAGE_SENT', payload: { content: CANARY, content_length: CANARY.length } },
        { type: 'CTA_CLICKED', payload: { cta_label: CANARY } },
        'SESSION_ENDED',
      ],
      { tenantHash: TENANT, startMs: Date.now() - 10_000, sessionId: 'sess_trace' },
    );
    const answer = await fetch(`${ingest.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-write-key': writeKey },
      body: JSON.stringify(batch(events, Date.now())),
    });
    expect(answer.status).toBe(202);

    const trace = await eventually(
      () => {
        const spans = receiver.spans();
        const write = spans.find((span) => span.name === 'TransactWriteItemsCommand');
        expect(write).toBeDefined();
        const inTrace = spans.filter((span) => span.traceId === write?.traceId);
        expect(inTrace.some((span) => span.service === 'ingest' && span.kind === 2)).toBe(true);
        return Promise.resolve(inTrace);
      },
      { timeoutMs: 30_000 },
    );
    expect(pathOf(trace, 'BatchWriteItemCommand')).toEqual([
      'ingest:server',
      'ingest:producer',
      'sessionizer:consumer',
      'sessionizer:internal',
      'sessionizer:client',
    ]);
    expect(pathOf(trace, 'TransactWriteItemsCommand')[0]).toBe('ingest:server');

    // Text of visitors is in no span and no log line of either service, at any level.
    await services[0]?.stop();
    await services[1]?.stop();
    expect(receiver.raw()).not.toContain('xyzzy');
    expect(receiver.raw()).not.toContain(writeKey);
    for (const service of [sessionizer, ingest]) {
      const log = await service.logs();
      expect(log).not.toContain('xyzzy');
      expect(log).not.toContain(writeKey);
    }
  });
});

const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'];

/** `service:kind` of a span and all of its ancestors, root first. */
function pathOf(trace: readonly ReceivedSpan[], name: string): string[] {
  const path: string[] = [];
  let span = trace.find((candidate) => candidate.name === name);
  while (span) {
    path.unshift(`${span.service}:${KINDS[span.kind]}`);
    const parent: string = span.parentSpanId;
    span = trace.find((candidate) => candidate.spanId === parent);
  }
  return path;
}
