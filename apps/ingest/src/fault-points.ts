/**
 * Named moments at which a fault test has this process killed.
 *
 * Inert unless configured; the only place in this service where it could happen.
 */
export const FAULT_POINTS = ['before-publish', 'after-publish-ack'] as const;

export type FaultPoint = (typeof FAULT_POINTS)[number];

let armed: { point: FaultPoint; probability: number } | undefined;

/** @param fault with the probability of dying each time its point is reached; undefined: never */
export function armFaultPoint(fault: typeof armed): void {
  armed = fault;
}

/** Dies here, without any clean-up, if a fault test asked for it. */
export function reached(point: FaultPoint): void {
  if (armed?.point === point && Math.random() < armed.probability) {
    process.kill(process.pid, 'SIGKILL');
  }
}
