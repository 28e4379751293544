/**
 * Named moments at which a fault test has this process killed.
 *
 * Inert unless configured; the only place in this service where it could happen.
 */
export const FAULT_POINTS = [
  'after-rows-before-state',
  'after-state-before-ack',
  'before-ack',
] as const;

export type FaultPoint = (typeof FAULT_POINTS)[number];

let armed: { point: string; probability: number } | undefined;

/** @param probability of dying each time the point is reached */
export function armFaultPoint(point: string, probability: number): void {
  armed = { point, probability };
}

/** Dies here, without any clean-up, if a fault test asked for it. */
export function reached(point: FaultPoint): void {
  if (armed?.point === point && Math.random() < armed.probability) {
    process.kill(process.pid, 'SIGKILL');
  }
}
