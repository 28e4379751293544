import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from './events.ts';
import {
  NOW,
  DAY,
  BROWSER,
  SERVER,
  sha256,
  parse,
  click,
  enveloped,
  onlyEvent,
  onlyRejection,
} from './validation.fixture.ts';
import { openBatch, parseBatch } from './validation.ts';

describe('shapes', () => {
  it('takes a flat event, a list, and a batch for the same', () => {
    const expected = parse(click()).slices;
    expect(expected).toEqual([
      {
        indexes: [0],
        slice: {
          v: 1,
          tenant_hash: 'tn_sample',
          session_id: 'sess_1',
          received_ms: NOW,
          skew_ms: null,
          origin: 'browser',
          traffic: 'visitor',
          events: [
            {
              schema_version: '1.0',
              event_id: 'evt_1',
              event_type: 'CTA_CLICKED',
              step_number: 5,
              sequence_number: 12,
              timestamp_ms: Date.parse('2026-11-22T14:30:00.123Z'),
              payload: { cta_id: 'apply', triggers_form: true },
            },
          ],
        },
      },
    ]);
    expect(parse([click()]).slices).toEqual(expected);
    expect(parse({ sdk: { name: 'x' }, events: [click()] }).slices).toEqual(expected);
  });

  it('takes the envelope, a bare enveloped event, and a list of them for the same', () => {
    const expected = parse({ action: 'analytics', batch: true, events: [enveloped()] });
    expect(expected.rejected).toEqual([]);
    const event = expected.slices[0]!.slice.events[0]!;
    expect(event).toMatchObject({
      schema_version: '1.0.0',
      event_type: 'CTA_CLICKED',
      step_number: 3,
      sequence_number: null,
      payload: { cta_id: 'apply' },
      ga_client_id: '1.2',
    });
    expect(event.event_id).toMatch(/^evt_[0-9a-f]{40}$/);
    expect(parse(enveloped())).toEqual(expected);
    expect(parse({ action: 'analytics', ...enveloped() })).toEqual(expected);
    expect(parse([enveloped()])).toEqual(expected);
    expect(openBatch(enveloped())).toMatchObject({ shape: 'envelope' });
    expect(openBatch({ action: 'analytics', batch: true, events: [] })).toMatchObject({
      shape: 'envelope',
    });
    expect(openBatch(click())).toMatchObject({ shape: 'flat' });
  });

  it('keeps one slice per session in order, with the indexes of its events', () => {
    const body = [
      click({ event_id: 'a1', session_id: 'a' }),
      click({ event_id: 'b1', session_id: 'b' }),
      click({ event_id: 'a2', session_id: 'a' }),
      { nonsense: true },
      click({ event_id: 'b2', session_id: 'b' }),
    ];
    const { slices, rejected } = parse(body);
    expect(
      slices.map(({ slice, indexes }) => [
        slice.session_id,
        slice.events.map((e) => e.event_id),
        indexes,
      ]),
    ).toEqual([
      ['a', ['a1', 'a2'], [0, 2]],
      ['b', ['b1', 'b2'], [1, 4]],
    ]);
    expect(rejected.map(({ index }) => index)).toEqual([3]);
  });

  it('knows what is no batch', () => {
    for (const body of ['text', 42, true, null]) {
      expect(openBatch(body)).toMatchObject({ error: 'not_a_batch' });
    }
    expect(openBatch({ events: {} })).toMatchObject({ error: 'not_a_batch' });
    expect(openBatch({ events: new Array(501).fill({}) })).toMatchObject({
      error: 'too_many_events',
    });
    expect(parse([])).toEqual({ slices: [], rejected: [] });
  });

  it('rejects what is no event, each under its index', () => {
    const { rejected } = parse([1, 'x', null, [], click()]);
    expect(rejected.map(({ index, code, path }) => [index, code, path])).toEqual([
      [0, 'invalid', ''],
      [1, 'invalid', ''],
      [2, 'invalid', ''],
      [3, 'invalid', ''],
    ]);
  });
});

describe('leniency', () => {
  it.each([['1'], ['1.0'], ['1.0.0'], ['1.7']])('takes schema version %s', (schema_version) => {
    expect(onlyEvent(click({ schema_version })).event.schema_version).toBe(schema_version);
  });

  it('keeps unknown types and unknown payload fields', () => {
    const event_type = 'SOMETHING_NEW';
    const payload = { deep: { list: [1, null] }, text: 'x' };
    expect(onlyEvent(click({ event_type, payload })).event).toMatchObject({ event_type, payload });
    const more = { cta_id: 'a', brand_new: { x: 1 } };
    expect(onlyEvent(click({ payload: more })).event.payload).toEqual(more);
  });

  it('takes nulls in optional fields as absent', () => {
    const nulls = { event_id: null, sequence_number: null, context: null, attribution: null };
    const { event } = onlyEvent(click({ ...nulls, ga_client_id: null, tenant_hash: null }));
    expect(event.sequence_number).toBeNull();
    expect(event).not.toHaveProperty('context');
    expect(event).not.toHaveProperty('attribution');
    expect(event).not.toHaveProperty('ga_client_id');
    expect(event.event_id).toMatch(/^evt_/);
  });

  it.each([[true], [false], ['volunteer_form']])('takes triggers_form %p', (triggers_form) => {
    expect(onlyEvent(click({ payload: { cta_id: 'a', triggers_form } })).event.payload).toEqual({
      cta_id: 'a',
      triggers_form,
    });
  });

  it('needs no payload where nothing in it is required', () => {
    const { event } = onlyEvent(click({ event_type: 'WIDGET_OPENED', payload: undefined }));
    expect(event.payload).toEqual({});
  });

  it('keeps context, attribution and the GA client', () => {
    const context = { user_agent: 'Mozilla/5.0', viewport_width: 10 };
    const attribution = { utm_source: 'facebook', campaign_group: 'x' };
    const { event } = onlyEvent(click({ context, attribution, ga_client_id: '1.2' }));
    expect(event).toMatchObject({ context, attribution, ga_client_id: '1.2' });
  });

  it('mends text that was cut inside a surrogate pair', () => {
    const body = JSON.parse(
      JSON.stringify(click({ payload: { cta_id: 'x', cta_label: 'Hi \ud83d' } })),
    ) as unknown;
    expect(onlyEvent(body).event.payload.cta_label).toBe('Hi \ufffd');
  });
});

describe('time', () => {
  const T = Date.parse('2026-11-22T14:30:00.123Z');
  it.each([
    ['2026-11-22T14:30:00.123Z', T],
    ['2026-11-22T15:30:00.123+01:00', T],
    ['2026-11-22T14:30:00.123456', T],
    ['2026-11-22T14:30:00Z', T - 123],
    ['2026-11-22T14:30:00,123Z', T],
    ['2026-11-22T16:30:00.123+02', T],
    ['2026-11-22T09:00:00.123-0530', T],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    [T, T],
    [T + 0.7, T],
  ])('reads %p', (timestamp, ms) => {
    expect(onlyEvent(click({ timestamp })).event.timestamp_ms).toBe(ms);
    expect(
      onlyEvent(click({ timestamp: null, timestamp_client: timestamp })).event.timestamp_ms,
    ).toBe(ms);
  });

  it.each([
    ['yesterday'],
    ['2026-13-45T99:99:99Z'],
    ['2026-02-29T10:00:00Z'],
    ['2026-11-31T10:00:00+01:00'],
    ['2026'],
    [-5],
    [''],
    ['1969-01-01T00:00:00Z'],
  ])('refuses %p', (timestamp) => {
    expect(onlyRejection(click({ timestamp }))).toMatchObject({
      code: 'invalid',
      path: '/timestamp',
    });
  });

  it('refuses an event without a time', () => {
    const { timestamp: _, ...rest } = click();
    expect(onlyRejection(rest)).toMatchObject({ code: 'invalid', path: '/timestamp' });
    expect(onlyRejection({ ...rest, timestamp: null })).toMatchObject({
      code: 'invalid',
      path: '/timestamp_client',
    });
  });

  it('measures the skew against sent_at and leaves the raw time', () => {
    const ahead = NOW + 2 * DAY;
    const body = {
      sent_at: new Date(ahead).toISOString(),
      events: [click({ timestamp: ahead - 500 })],
    };
    const { slice, event } = onlyEvent(body);
    expect(slice.skew_ms).toBe(-2 * DAY);
    expect(event.timestamp_ms).toBe(ahead - 500);
    expect(event).not.toHaveProperty('clock');
    expect(onlyEvent({ sent_at: 'garbage', events: [click()] }).slice.skew_ms).toBeNull();
  });

  it.each([
    ['48 h ahead', NOW + 2 * DAY, true],
    ['23 h ahead', NOW + 23 * 3_600_000, false],
    ['48 h behind', NOW - 2 * DAY, false],
  ])('without sent_at: %s', (_, timestamp, replaced) => {
    const { event } = onlyEvent(click({ timestamp }));
    expect(event.timestamp_ms).toBe(replaced ? NOW : timestamp);
    expect(event.clock).toBe(replaced ? 'replaced' : undefined);
  });

  it('with sent_at a time far ahead of it becomes it, in the same clock as the skew', () => {
    const sent_at = NOW - 2 * DAY;
    const { slice, event } = onlyEvent({ sent_at, events: [click({ timestamp: NOW })] });
    expect(event).toMatchObject({ timestamp_ms: sent_at, clock: 'replaced' });
    expect(event.timestamp_ms + (slice.skew_ms ?? 0)).toBe(NOW);
  });
});

describe('derived ids', () => {
  const idOf = (event: JsonObject): string => onlyEvent(event).event.event_id;

  it('stay the same when the event is sent again', () => {
    const resent = { action: 'analytics', batch: true, events: [enveloped()] };
    expect(idOf(enveloped())).toBe(idOf(resent));
  });

  it.each([
    ['session', { session_id: 'sess_other' }],
    ['step', { step_number: 4 }],
    ['time', { timestamp: '2026-11-22T14:30:00.124Z' }],
    ['type', { event: { type: 'OTHER', payload: { cta_id: 'apply' } } }],
    ['payload', { event: { type: 'CTA_CLICKED', payload: { cta_id: 'give' } } }],
  ])('differ by %s', (_, change) => {
    expect(idOf(enveloped(change))).not.toBe(idOf(enveloped()));
  });

  it('do not depend on a replaced clock', () => {
    const event = enveloped({ timestamp: NOW + 3 * DAY });
    const later = openBatch(event);
    if ('error' in later) throw new Error();
    const again = parseBatch(later, { grant: BROWSER, received_ms: NOW + 5_000, sha256 });
    expect(again.slices[0]!.slice.events[0]!.event_id).toBe(idOf(event));
  });
});

describe('types with rules of their own', () => {
  it('moves the attribution that the deployed widget hides in CONVERSATION_STARTED', () => {
    const attribution = { utm_source: 'google' };
    const payload = { attribution, first: true };
    const { event } = onlyEvent(enveloped({ event: { type: 'CONVERSATION_STARTED', payload } }));
    expect(event).toMatchObject({ attribution, payload: { first: true } });
    expect(event.payload).not.toHaveProperty('attribution');
  });

  it('puts an answer on the step that it answers', () => {
    const answer = click({
      event_type: 'QA_COMPLETE',
      step_number: undefined,
      sequence_number: undefined,
      payload: { question: 'q', answer: 'a', in_response_to_step: 7 },
    });
    expect(onlyEvent(answer, SERVER)).toMatchObject({
      slice: { origin: 'server' },
      event: { step_number: 7, sequence_number: null },
    });
    expect(onlyEvent({ ...answer, step_number: 9 }, SERVER).event.step_number).toBe(7);
    expect(onlyRejection({ ...answer, payload: {} }, SERVER)).toMatchObject({
      code: 'invalid',
      path: '/payload/in_response_to_step',
    });
  });
});
