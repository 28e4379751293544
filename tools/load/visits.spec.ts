import { describe, expect, it } from '@jest/globals';
import { demoVisits, visitLibrary } from './visits.ts';

describe('demoVisits', () => {
  const visits = demoVisits(50, 7);

  it('gives the same visits for the same seed, others for another', () => {
    expect(demoVisits(50, 7)).toEqual(visits);
    expect(demoVisits(50, 8)).not.toEqual(visits);
  });

  it('keeps the time order, with keys that are unique within a visit', () => {
    for (const visit of visits) {
      const offsets = visit.map(({ offset_ms }) => offset_ms);
      expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
      expect(new Set(visit.map(({ key }) => key)).size).toBe(visit.length);
    }
  });

  it('leaves out what belongs to one playing: ids, session, tenant, time', () => {
    const names = new Set(visits.flat().flatMap(({ body }) => Object.keys(body)));
    for (const name of ['event_id', 'session_id', 'tenant_hash', 'timestamp']) {
      expect(names).not.toContain(name);
    }
    expect(names).toContain('payload');
  });
});

describe('visitLibrary', () => {
  it('says that it plays demo journeys where there are no dialogues', async () => {
    const { source, visits } = await visitLibrary('/nowhere');
    expect(source).toMatch(/^demo journeys, \d+\.\d events a session$/);
    expect(visits.length).toBeGreaterThan(100);
  });
});
