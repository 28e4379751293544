import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTelemetry, withSpan } from '@picasso/telemetry';
import { startOtlpReceiver, type OtlpReceiver } from './otlp-receiver.ts';

describe('the OTLP receiver', () => {
  let receiver: OtlpReceiver;

  beforeAll(async () => {
    receiver = await startOtlpReceiver();
  });
  afterAll(() => receiver.close());

  it('understands what our exporter sends', async () => {
    const telemetry = await startTelemetry({ service: 'spec', otlpEndpoint: receiver.url });
    await withSpan('outer', { attributes: { count: 3, tags: ['a', 'b'] } }, () =>
      withSpan('inner', {}, () => Promise.resolve()),
    );
    await telemetry.shutdown();

    const [inner, outer] = receiver.spans();
    expect(outer).toMatchObject({
      service: 'spec',
      name: 'outer',
      parentSpanId: '',
      attributes: { count: 3, tags: ['a', 'b'] },
    });
    expect(inner).toMatchObject({
      name: 'inner',
      traceId: outer?.traceId,
      parentSpanId: outer?.spanId,
    });
    expect(outer?.durationMs).toBeGreaterThanOrEqual(inner?.durationMs ?? Infinity);
    expect(receiver.raw()).toContain('"outer"');
  });

  it('refuses what it would not understand', async () => {
    const post = (path: string, type: string, body: string): Promise<Response> =>
      fetch(`${receiver.url}${path}`, { method: 'POST', headers: { 'content-type': type }, body });
    expect((await post('/v1/traces', 'application/x-protobuf', 'x')).status).toBe(415);
    expect((await post('/v1/logs', 'application/json', '{}')).status).toBe(404);
    expect((await post('/v1/traces', 'application/json', '{')).status).toBe(400);
  });
});
