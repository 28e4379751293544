import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { pushReport } from './job-metrics.ts';
import { type JobReport, emptyReport } from './run-job.ts';

interface Pushed {
  method: string;
  path: string;
  text: string;
}

const NOW_MS = 1_790_000_000_500;
const SUCCESS = 'aggregator_last_success_timestamp_seconds';

let gateway: Server;
let url: string;
let pushed: Pushed[];

beforeAll(async () => {
  gateway = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      pushed.push({ method: request.method ?? '', path: request.url ?? '', text });
      response.writeHead(202).end();
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
});
beforeEach(() => void (pushed = []));
afterAll(() => void gateway.close());

const push = async (more: Partial<JobReport>, whole = true): Promise<Pushed> => {
  await pushReport(url, { ...emptyReport('archive'), ...more }, { nowMs: NOW_MS, whole });
  expect(pushed).toHaveLength(1);
  return pushed[0]!;
};

describe('what a run tells the Pushgateway', () => {
  it('is how it went and what it did, under the command', async () => {
    const done = { done: ['a', 'b'], held: ['c'], seconds: 1.5, figures: { journeys: 7 } };
    const { path, text } = await push(done);
    expect(path).toBe('/metrics/job/aggregator/command/archive');
    expect(text).toContain('aggregator_tenants{result="done",service="aggregator"} 2');
    expect(text).toContain('aggregator_tenants{result="held",service="aggregator"} 1');
    expect(text).toContain('aggregator_run_seconds{service="aggregator"} 1.5');
    expect(text).toContain('aggregator_run_figures{figure="journeys",service="aggregator"} 7');
    expect(text).toContain(`${SUCCESS}{service="aggregator"} 1790000000`);
  });

  it.each([
    ['failed for a tenant', { failed: [{ tenant: 'a', error: 'Error: no' }] }, true],
    ['was for some tenants or days only', {}, false],
  ])('leaves the time of the last success as it is when it %s', async (_name, more, whole) => {
    const { method, text } = await push(more, whole);
    expect(text).toContain('aggregator_tenants');
    expect(text).not.toContain(SUCCESS);
    // PUT would replace what an earlier run has pushed.
    expect(method).toBe('POST');
  });

  it('is an error when nobody takes it', async () => {
    const nobody = pushReport('http://127.0.0.1:9', emptyReport('daily'), {
      ...{ nowMs: NOW_MS, whole: true },
    });
    await expect(nobody).rejects.toThrow();
  });
});
