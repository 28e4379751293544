import { describe, expect, it } from '@jest/globals';
import { createRandom } from '../harness/random.ts';
import { visit } from './visitors.ts';

describe('made-up visits', () => {
  const visits = Array.from({ length: 200 }, (_, i) =>
    visit(createRandom(i), 'tn_north', `sess_${i}`, 1_000_000),
  );

  it('have the length of real ones', () => {
    for (const events of visits) {
      expect(events.length).toBeGreaterThanOrEqual(10);
      expect(events.length).toBeLessThanOrEqual(35);
    }
  });

  it('number their events densely, with distinct ids and rising times', () => {
    for (const events of visits) {
      expect(events.map(({ body }) => body['sequence_number'])).toEqual(
        events.map((_, i) => i + 1),
      );
      expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
      const times = events.map(({ body }) => Date.parse(String(body['timestamp'])));
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  it('click on what they say that they click on', () => {
    const clicks = visits.flat().filter(({ item }) => item !== null);
    expect(clicks.length).toBeGreaterThan(200);
    for (const { item, body } of clicks) {
      const payload = body['payload'] as Record<string, string>;
      expect(item?.slice(item.indexOf('#') + 1)).toBe(
        payload['chip_id'] ?? payload['cta_id'] ?? payload['url'],
      );
    }
  });

  it('end in every way, silently too', () => {
    const last = new Set(visits.map((events) => events.at(-1)?.body['event_type']));
    expect(last).toContain('WIDGET_CLOSED');
    expect(last).toContain('SESSION_ENDED');
    expect(last.size).toBeGreaterThan(2);
  });
});
