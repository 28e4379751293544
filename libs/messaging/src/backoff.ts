/** `baseMs` doubled per attempt (counted from 1), at most `capMs`, ± 20 % so that nobody is in step. */
export function backoffMs(attempt: number, baseMs: number, capMs: number): number {
  const exponential = baseMs * 2 ** Math.min(Math.max(attempt, 1) - 1, 30);
  return Math.round(Math.min(capMs, exponential) * (0.8 + Math.random() * 0.4));
}
