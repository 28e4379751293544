import { describe, expect, it } from '@jest/globals';
import {
  START_MS,
  batch,
  eventSlice,
  flatEvent,
  journeyEvent,
  sessionOf,
  storedEvents,
  widgetEnvelope,
} from './events.ts';

describe('sessionOf', () => {
  const events = sessionOf(
    ['WIDGET_OPENED', { type: 'MESSAGE_SENT', payload: { content: 'Hi' }, afterMs: 250 }],
    { sessionId: 'sess_x', attribution: { utm_source: 'facebook' } },
  );

  it('counts steps, sequence numbers and time', () => {
    expect(events.map((event) => [event.step_number, event.sequence_number])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(events.map((event) => Date.parse(event.timestamp) - START_MS)).toEqual([0, 250]);
  });

  it('sends attribution once and keeps the rest of a payload', () => {
    expect(events.map((event) => event.attribution)).toEqual([
      { utm_source: 'facebook' },
      undefined,
    ]);
    expect(events[1]?.payload).toEqual({ content: 'Hi', content_length: 18 });
  });

  it('gives the same events every time, none of which shares a payload with another', () => {
    expect(sessionOf(['CTA_CLICKED'])).toEqual(sessionOf(['CTA_CLICKED']));
    expect(flatEvent().payload).not.toBe(flatEvent().payload);
  });
});

it('batch carries the sending time only when there is one', () => {
  expect(batch([flatEvent()], START_MS).sent_at).toBe('2026-11-22T14:30:00.000Z');
  expect(batch([flatEvent()])).not.toHaveProperty('sent_at');
});

it('widgetEnvelope has what the deployed widget sends, and no ids', () => {
  expect(widgetEnvelope([flatEvent()])).toEqual({
    action: 'analytics',
    batch: true,
    events: [
      {
        schema_version: '1.0.0',
        session_id: 'sess_a',
        tenant_id: 'fo85e6a06dcdf4',
        timestamp: '2026-11-22T14:30:00.000Z',
        step_number: 1,
        event: { type: 'WIDGET_OPENED', payload: { trigger: 'button' } },
      },
    ],
  });
});

describe('eventSlice', () => {
  it('is the normalised form of one session', () => {
    const slice = eventSlice(sessionOf(['WIDGET_OPENED', 'WIDGET_CLOSED']));
    expect(slice).toMatchObject({ session_id: 'sess_a', received_ms: START_MS + 2_000 });
    expect(slice.events[0]).toEqual({
      schema_version: '1.0',
      event_id: 'evt_sess_a_1',
      event_type: 'WIDGET_OPENED',
      step_number: 1,
      sequence_number: 1,
      timestamp_ms: START_MS,
      payload: { trigger: 'button' },
    });
    expect(storedEvents(slice, 7).map((event) => event.stream_seq)).toEqual([7, 7]);
  });

  it('refuses no events and those of two sessions', () => {
    expect(() => eventSlice([])).toThrow('at least one');
    expect(() => eventSlice([flatEvent(), flatEvent({ session_id: 'sess_b' })])).toThrow('one');
  });

  it('says null where a sender gave no sequence number', () => {
    const { sequence_number: _none, ...flat } = flatEvent();
    expect(journeyEvent(flat).sequence_number).toBeNull();
  });
});
