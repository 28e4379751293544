import { describe, expect, it } from '@jest/globals';
import { subjectMatches } from './subjects.ts';

describe('subjectMatches', () => {
  it.each([
    ['journey.events.*', 'journey.events.t1', true],
    ['journey.events.t1', 'journey.events.t1', true],
    ['journey.events.*', 'journey.events', false],
    ['journey.events.*', 'journey.events.t1.x', false],
    ['journey.events.*', 'journey.dlq.t1', false],
    ['journey.dlq.>', 'journey.dlq.poison.t1', true],
    ['journey.dlq.>', 'journey.dlq', false],
    ['*.events.*', 'journey.events.t1', true],
    ['>', 'journey', true],
  ])('%s, %s: %s', (pattern, subject, matches) => {
    expect(subjectMatches(pattern, subject)).toBe(matches);
  });
});
