import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { throttled } from './throttle.ts';

describe('throttled', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('calls at once, and once more for all that came meanwhile', () => {
    const call = jest.fn();
    const ask = throttled(call, 3_000);
    ask();
    expect(call).toHaveBeenCalledTimes(1);
    ask();
    ask();
    jest.advanceTimersByTime(2_999);
    expect(call).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1);
    expect(call).toHaveBeenCalledTimes(2);
  });

  it('is still throttled after the second call, and silent when nobody asks', () => {
    const call = jest.fn();
    const ask = throttled(call, 3_000);
    ask();
    ask();
    jest.advanceTimersByTime(3_000);
    ask();
    expect(call).toHaveBeenCalledTimes(2);
    jest.advanceTimersByTime(60_000);
    expect(call).toHaveBeenCalledTimes(3);
  });

  it('owes nothing once it is stopped', () => {
    const call = jest.fn();
    const ask = throttled(call, 3_000);
    ask();
    ask();
    ask.stop();
    jest.advanceTimersByTime(60_000);
    expect(call).toHaveBeenCalledTimes(1);
  });
});
