import { describe, expect, it } from '@jest/globals';
import type { BalanceDto, PipelineDto } from '../../api/generated/index.ts';
import { findings, verdict } from './health.ts';
import { course, perSecond, withSample, type Sample } from './rates.ts';

const AT = '2026-11-22T12:00:00.000Z';
const before = (ms: number): string => new Date(Date.parse(AT) - ms).toISOString();
const stream = { messages: 10, bytes: 100, max_bytes: 1_000, first_seq: 1, last_seq: 10 };
const pipeline = (more: Partial<PipelineDto> = {}): PipelineDto => ({
  as_of: AT,
  streams: [{ stream: 'EVENTS', ...stream }],
  sessionizer: { pending: 0, in_progress: 0, ack_floor_seq: 10, oldest_unprocessed_at: null },
  dead_letters: [],
  failures: [],
  ...more,
});
const tenant = {
  ...{ tenant_hash: 'tn', accepted: 12, stored: 9, duplicates: 1, dead_lettered: 0 },
  ...{ waiting: 2, missing: 0, oldest_waiting_at: null, watermark: AT, last_event_at: AT },
};
const balance = (more: Partial<BalanceDto> = {}): BalanceDto => ({
  ...{ as_of: AT, waiting_cut_at: 0, open_pulls: 1 },
  ...{ stream_replicas: 1, stream_replicas_current: 1, tenants: [tenant] },
  ...more,
});
const name = (): string => 'Acme';
const texts = (p: PipelineDto, b?: BalanceDto): string[] => findings(p, b, name).map((f) => f.text);

describe('what is said of the pipeline', () => {
  it('is that all is well when nothing is wrong', () => {
    expect(findings(pipeline(), balance(), name)).toEqual([]);
    expect(verdict([], balance()).text).toMatch(
      /^All is well.*2 are on their way or still to be checked\.$/,
    );
  });

  it('begins with what is lost', () => {
    const waiting = { pending: 5, in_progress: 0, ack_floor_seq: 5 };
    const late = pipeline({
      sessionizer: { ...waiting, oldest_unprocessed_at: before(600_000) },
      dead_letters: [{ reason: 'poison', tenant_hash: 'tn', letters: 2 }],
    });
    const found = texts(late, balance({ tenants: [{ ...tenant, missing: 1 }] }));
    expect(found).toEqual([
      '1 accepted event of Acme is missing.',
      expect.stringContaining('do not keep up'),
      '2 dead letters could not be read or stored.',
    ]);
    expect(texts(late, balance({ open_pulls: 0 }))[0]).toContain('No sessionizer asks for work');
  });

  it.each([
    [{ streams: [{ stream: 'DLQ', ...stream, bytes: 960 }] }, 'bad'],
    [{ streams: [{ stream: 'DLQ', ...stream, bytes: 850 }] }, 'warning'],
    [{ sessionizer: null }, 'bad'],
    [{ dead_letters: [{ reason: 'invalid', tenant_hash: 'tn', letters: 1 }] }, 'info'],
  ] as const)('%j is %s', (more, tone) => {
    const found = findings(pipeline(more as Partial<PipelineDto>), balance(), name);
    expect(found.map((finding) => finding.tone)).toEqual([tone]);
  });

  it('says nothing of the stream for live views, which is full whenever much goes on', () => {
    const streams = [{ stream: 'SUMMARIES', ...stream, bytes: 999 }];
    expect(findings(pipeline({ streams }), balance(), name)).toEqual([]);
  });

  it('leaves letters that can be corrected to the second sentence', () => {
    const dead_letters = [{ reason: 'invalid' as const, tenant_hash: 'tn', letters: 1 }];
    const found = findings(pipeline({ dead_letters }), balance(), name);
    expect(verdict(found, balance()).text).toMatch(/^All is well/);
  });
});

it('rates come from readings of the last minute', () => {
  const at = (seconds: number, accepted: number): Sample => ({
    atMs: seconds * 1_000,
    counts: { accepted },
  });
  let samples: readonly Sample[] = [at(0, 0)];
  expect(perSecond(samples, 'accepted')).toBeNull();
  for (const sample of [at(100, 50), at(100, 50), at(105, 150), at(110, 150)])
    samples = withSample(samples, sample);
  expect(samples).toHaveLength(4);
  expect(perSecond(samples, 'accepted')).toBe(10);
  expect(course(samples, 'accepted')).toEqual([0.5, 20, 0]);
});
