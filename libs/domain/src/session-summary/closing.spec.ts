import { describe, expect, it } from '@jest/globals';
import { FROM_SERVER, session } from '../event-builder.fixture.ts';
import { orderEvents } from '../ordering/ordering.ts';
import { closedBy, isServerEvent } from './closing.ts';

const closed = (events: ReturnType<typeof session>, timedOut = false) =>
  closedBy(orderEvents(events), timedOut);

describe('closedBy', () => {
  it.each([false, true])('is the client after WIDGET_CLOSED (idle time passed: %s)', (timedOut) => {
    expect(closed(session('WIDGET_OPENED', 'WIDGET_CLOSED'), timedOut)).toBe('client');
  });

  it('is the unload after SESSION_ENDED', () => {
    expect(closed(session('WIDGET_OPENED', ['SESSION_ENDED', { reason: 'page_unload' }]))).toBe(
      'unload',
    );
    expect(closed(session('WIDGET_OPENED', 'SESSION_ENDED'))).toBe('unload');
  });

  it('is a timeout after a synthetic SESSION_ENDED', () => {
    expect(closed(session('WIDGET_OPENED', ['SESSION_ENDED', { reason: 'timeout' }]))).toBe(
      'timeout',
    );
  });

  it('is null until the idle time has passed, then a timeout', () => {
    expect(closed(session('WIDGET_OPENED', 'MESSAGE_SENT'))).toBeNull();
    expect(closed(session('WIDGET_OPENED', 'MESSAGE_SENT'), true)).toBe('timeout');
  });

  it('goes by the last of two closes', () => {
    expect(closed(session('WIDGET_CLOSED', 'SESSION_ENDED'))).toBe('unload');
    expect(closed(session('SESSION_ENDED', 'WIDGET_CLOSED'))).toBe('client');
  });

  it.each(['MESSAGE_SENT', 'WIDGET_OPENED', 'PAGE_VIEW', 'SOMETHING_NEW'])(
    'is null again when %s follows a close',
    (type) => {
      expect(closed(session('WIDGET_OPENED', 'WIDGET_CLOSED', type))).toBeNull();
    },
  );

  it('goes by the order of steps, not by clocks', () => {
    const events = session('MESSAGE_SENT', ['WIDGET_CLOSED', {}, { timestamp_ms: 0 }]);
    expect(closed(events)).toBe('client');
  });

  it.each([
    ['QA_COMPLETE', 1],
    ['QA_COMPLETE', 99],
    ['FORM_COMPLETED', 1],
    ['FORM_COMPLETED', 99],
  ])('stays what it was when the backend sends %s for step %i', (type, step_number) => {
    const events = session('MESSAGE_SENT', 'WIDGET_CLOSED', [
      type,
      {},
      { ...FROM_SERVER, step_number },
    ]);
    expect(closed(events)).toBe('client');
  });

  it('knows only the timeout in a session of the backend alone', () => {
    const events = session(['QA_COMPLETE', {}, FROM_SERVER]);
    expect(closed(events)).toBeNull();
    expect(closed(events, true)).toBe('timeout');
  });
});

it('takes QA_COMPLETE and everything with the server key for server events', () => {
  expect(isServerEvent({ event_type: 'QA_COMPLETE', origin: 'browser' })).toBe(true);
  expect(isServerEvent({ event_type: 'FORM_COMPLETED', origin: 'server' })).toBe(true);
  expect(isServerEvent({ event_type: 'FORM_COMPLETED', origin: 'browser' })).toBe(false);
});
