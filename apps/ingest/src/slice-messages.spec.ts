import { describe, expect, it } from '@jest/globals';
import { eventSlice, sessionOf } from '@picasso/testing';
import { sliceMessages } from './slice-messages.ts';

const slice = eventSlice(sessionOf(['WIDGET_OPENED', 'MESSAGE_SENT']));
const only = (from = slice) => {
  const [message, ...more] = sliceMessages(from);
  expect(more).toEqual([]);
  return message!;
};

describe('a message', () => {
  it('is the slice', () => {
    const { body, headers, events } = only();
    expect(JSON.parse(body)).toEqual(slice);
    expect(headers).toEqual({ 'Journey-Events': '2', 'Journey-Session': 'sess_a' });
    expect(events).toBe(2);
  });

  it('has the same id at every attempt, and another for anything else', () => {
    const { msgId } = only();
    expect(only({ ...slice, received_ms: 1, skew_ms: 99 }).msgId).toBe(msgId);
    const [first, second] = slice.events;
    const others = [
      { ...slice, tenant_hash: 'other' },
      { ...slice, session_id: 'other' },
      { ...slice, events: [first!] },
      { ...slice, events: [second!, first!] },
      { ...slice, events: [{ ...first!, payload: { trigger: 'auto' } }, second!] },
    ];
    const ids = others.map((other) => only(other).msgId);
    expect(new Set([msgId, ...ids]).size).toBe(others.length + 1);
  });

  it('is split before it is too large, in order', () => {
    const event = { ...slice.events[0]!, payload: { text: 'x'.repeat(30_000) } };
    const events = Array.from({ length: 40 }, (_, i) => ({ ...event, event_id: `e${i}` }));
    const messages = sliceMessages({ ...slice, events });
    expect(messages.length).toBeGreaterThan(3);
    for (const { body } of messages) expect(body.length).toBeLessThan(310_000);
    const parts = messages.map(({ body }) => JSON.parse(body) as typeof slice);
    expect(parts.flatMap((part) => part.events)).toEqual(events);
    expect(messages.reduce((sum, message) => sum + message.events, 0)).toBe(40);
  });
});
