import { expect, it } from '@jest/globals';
import { eventsOf, marksOf, verdicts } from './batch.ts';

const flat = { event_type: 'WIDGET_OPENED' };
const enveloped = { event: { type: 'CTA_CLICKED' } };

it.each([
  [flat, [{ path: [], type: 'WIDGET_OPENED' }]],
  [
    [flat, 7],
    [
      { path: [0], type: 'WIDGET_OPENED' },
      { path: [1], type: '' },
    ],
  ],
  [{ sent_at: 'x', events: [flat] }, [{ path: ['events', 0], type: 'WIDGET_OPENED' }]],
  [{ batch: true, events: [enveloped] }, [{ path: ['events', 0], type: 'CTA_CLICKED' }]],
  [enveloped, [{ path: [], type: 'CTA_CLICKED' }]],
])('finds the events of %j', (body, events) => {
  expect(eventsOf(body)).toEqual(events);
});

it('says of each event what is wrong with it, and in which line', () => {
  const pasted = '{"events": [\n  {"event_type": "A"},\n  {\n    "event_type": 7\n  }\n]}';
  const rejection = { index: 1, code: 'invalid' as const, path: '/event_type', message: 'is text' };
  const found = verdicts(pasted, JSON.parse(pasted), [rejection]);
  expect(found).toEqual([
    { index: 0, type: 'A', line: 2, refusal: null },
    { index: 1, type: '', line: 4, refusal: rejection },
  ]);
  expect(marksOf(found)).toEqual([{ line: 4, message: '/event_type: is text' }]);
});
