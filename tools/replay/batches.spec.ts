import { describe, expect, it } from '@jest/globals';
import { createRandom } from '../harness/random.ts';
import { chaosBatches, sdkBatches } from './batches.ts';
import { flatBody, widgetBody } from './shapes.ts';
import type { Dialogue } from './dialogues.ts';

const dialogue = (offsets: readonly number[]): Dialogue => ({
  session_id: 'sess_1',
  tenant_hash: 'tn_dine',
  start_offset_ms: 3_600_000,
  ends: 'silent',
  attribution: { utm_source: 'google' },
  context: { viewport_width: 1920 },
  events: offsets.map((offset_ms, i) => ({
    offset_ms,
    event_type: i === 1 ? 'CONVERSATION_STARTED' : 'MESSAGE_SENT',
    step_number: 1,
    sequence_number: i + 1,
    payload: { content: `${i}` },
  })),
});
const clock = { dayMs: Date.UTC(2026, 10, 20), suffix: 'flat_x' };
const numbers = (batch: { events: { sequence_number: number }[] }): number[] =>
  batch.events.map(({ sequence_number }) => sequence_number);

describe('batches', () => {
  it('are flushed at ten events', () => {
    const batches = sdkBatches(dialogue(Array.from({ length: 23 }, () => 0)));
    expect(batches.map(({ events }) => events.length)).toEqual([10, 10, 3]);
  });

  it('are flushed five seconds after their first event', () => {
    expect(sdkBatches(dialogue([0, 4_999, 5_000, 9_999, 10_000])).map(numbers)).toEqual([
      [1, 2],
      [3, 4],
      [5],
    ]);
  });

  it('go out twice in a chaos, and every event is in one half exactly', () => {
    const sessions = [dialogue(Array.from({ length: 40 }, (_, i) => i * 1_000))];
    const { now, late } = chaosBatches(sessions, createRandom(3), 0.2);
    const sent = [...now, ...late].flatMap(numbers).sort((a, b) => a - b);
    expect(sent).toEqual(Array.from({ length: 80 }, (_, i) => Math.floor(i / 2) + 1));
    const held = new Set(late.flatMap(numbers));
    expect(held.size).toBeGreaterThan(0);
    expect(now.flatMap(numbers).filter((n) => held.has(n))).toEqual([]);
  });
});

describe('shapes', () => {
  const [batch] = sdkBatches(dialogue([0, 10]));

  it('flat: ids, sequence numbers, and the session’s frame on its first event only', () => {
    const body = JSON.parse(flatBody(batch!, clock, Date.UTC(2026, 10, 22))) as {
      sent_at: string;
      events: Record<string, unknown>[];
    };
    expect(body.sent_at).toBe('2026-11-22T00:00:00.000Z');
    expect(body.events[0]).toMatchObject({
      event_id: 'evt_sess_1_flat_x_1',
      session_id: 'sess_1_flat_x',
      timestamp: '2026-11-20T01:00:00.000Z',
      attribution: { utm_source: 'google' },
    });
    expect(body.events[1]).not.toHaveProperty('attribution');
    expect(body.events[1]).not.toHaveProperty('context');
  });

  it('widget: no ids, the sequence as the step, the attribution where the old widget has it', () => {
    const { events } = JSON.parse(widgetBody(batch!, clock)) as {
      events: Record<string, unknown>[];
    };
    expect(events.map(({ step_number }) => step_number)).toEqual([1, 2]);
    expect(events[1]?.['event']).toEqual({
      type: 'CONVERSATION_STARTED',
      payload: { content: '1', attribution: { utm_source: 'google' } },
    });
    for (const event of events) {
      expect(event).not.toHaveProperty('event_id');
      expect(event).not.toHaveProperty('sequence_number');
    }
  });
});
