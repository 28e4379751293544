import { expect, it } from '@jest/globals';
import { storedEvents, eventSlice, sessionOf } from '@picasso/testing';
import { SessionCache } from './session-cache.ts';

const snapshot = (content: string) => ({
  row: undefined,
  events: storedEvents(eventSlice(sessionOf(['MESSAGE_SENT']))).map((event) => ({
    ...event,
    payload: { content },
  })),
});

it('forgets sessions by what their events take, not by how many they are', () => {
  const cache = new SessionCache(100);
  for (let i = 0; i < 40; i += 1) cache.set(`small_${i}`, snapshot('hello'));
  expect(cache.get('small_0')).toBeDefined();
  for (let i = 0; i < 4; i += 1) cache.set(`large_${i}`, snapshot('x'.repeat(30_000)));
  expect([0, 1, 2, 3].filter((i) => cache.get(`large_${i}`))).toEqual([1, 2, 3]);
  expect(cache.get('small_39')).toBeUndefined();
});
