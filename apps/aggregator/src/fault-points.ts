/**
 * Moments between two writes at which a fault test has this process killed: all of them, one after
 * the other. Inert unless configured.
 */
let left = 0;

/** @param nth die at the n-th moment that is reached, whichever it is; never for 0 */
export function armFaultPoints(nth: number): void {
  left = nth;
}

/** Dies here, without any clean-up, if a fault test asked for it. */
export function reached(_moment: string): void {
  if (left === 0) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}
