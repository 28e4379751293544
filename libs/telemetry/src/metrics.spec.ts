import { describe, expect, it } from '@jest/globals';
import { createMetrics } from './metrics.ts';

describe('createMetrics', () => {
  it('labels every figure with the service and keeps registries apart', async () => {
    const one = createMetrics('one', { process: false });
    const two = createMetrics('two', { process: false });
    one.counter('journey_things_total', 'Things.', ['kind']).inc({ kind: 'a' }, 2);
    two.counter('journey_things_total', 'Things.', ['kind']).inc({ kind: 'a' }, 5);
    expect(await one.registry.metrics()).toContain(
      'journey_things_total{kind="a",service="one"} 2',
    );
    expect(await two.registry.metrics()).toContain(
      'journey_things_total{kind="a",service="two"} 5',
    );
  });

  it('asks an asynchronous gauge at each scrape', async () => {
    const metrics = createMetrics('spec', { process: false });
    let depth = 3;
    metrics.gauge('journey_depth', 'Depth.', [], {
      async collect() {
        await Promise.resolve();
        this.set(depth);
      },
    });
    expect(await metrics.registry.metrics()).toContain('journey_depth{service="spec"} 3');
    depth = 4;
    expect(await metrics.registry.metrics()).toContain('journey_depth{service="spec"} 4');
  });

  it("has a bucket edge at each promised p99, and Node's figures unless told otherwise", async () => {
    const metrics = createMetrics('spec');
    metrics.histogram('journey_answer_seconds', 'Answers.').observe(0.04);
    const text = await metrics.registry.metrics();
    expect(text).toMatch(/journey_answer_seconds_bucket\{le="0.05",service="spec"\} 1/);
    expect(text).toMatch(/journey_answer_seconds_bucket\{le="1",service="spec"\} 1/);
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });
});
