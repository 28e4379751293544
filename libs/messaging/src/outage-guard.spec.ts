import { describe, expect, it } from '@jest/globals';
import { OutageGuard } from './outage-guard.ts';

describe('OutageGuard', () => {
  it('pauses after three retries in a row', () => {
    const guard = new OutageGuard();
    expect(guard.deferred(0)).toBe(false);
    expect(guard.deferred(0)).toBe(false);
    expect(guard.pauseMs(0)).toBe(0);
    expect(guard.deferred(0)).toBe(true);
    expect(guard.pauseMs(0)).toBeGreaterThanOrEqual(200);
    expect(guard.pauseMs(0)).toBeLessThanOrEqual(300);
    expect(guard.pauseMs(300)).toBe(0);
  });

  it('does not pause for one message that keeps failing among healthy ones', () => {
    const guard = new OutageGuard();
    for (let i = 0; i < 100; i++) {
      expect(guard.deferred(i)).toBe(false);
      guard.processed();
    }
    expect(guard.probing).toBe(false);
  });

  it('counts what fails during a pause as the same sign', () => {
    const guard = new OutageGuard();
    for (let i = 0; i < 3; i++) guard.deferred(0);
    const pauseMs = guard.pauseMs(0);
    for (let i = 0; i < 60; i++) expect(guard.deferred(10)).toBe(false);
    expect(guard.pauseMs(0)).toBe(pauseMs);
  });

  it('pauses longer each time, up to half a minute, and starts over after a success', () => {
    const guard = new OutageGuard();
    let nowMs = 0;
    const pauses: number[] = [];
    for (let i = 0; i < 14; i++) {
      while (!guard.deferred(nowMs));
      pauses.push(guard.pauseMs(nowMs));
      nowMs += guard.pauseMs(nowMs);
      expect(guard.probing).toBe(true);
    }
    expect(pauses[4]! / pauses[1]!).toBeGreaterThan(4);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(36_000);
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(24_000);
    guard.processed();
    expect(guard.probing).toBe(false);
    expect(guard.pauseMs(nowMs)).toBe(0);
  });
});
