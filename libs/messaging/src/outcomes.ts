import type { RejectionCode } from '@picasso/contracts';

/** What became of a message. A value, not an exception: throwing is for bugs and outages. */
export type Outcome =
  /** Its effects are stored: acknowledge. */
  | { kind: 'done' }
  /** Its effects had been stored before: acknowledge. */
  | { kind: 'duplicate' }
  /** It could not be processed now: redeliver after `delayMs`, doubled with each delivery. */
  | { kind: 'retry'; delayMs: number; reason: string }
  /** It can never be processed: into the DLQ, then terminate. `error` never quotes message text. */
  | { kind: 'poison'; reason: RejectionCode; error: string };

export const done = (): Outcome => ({ kind: 'done' });
export const duplicate = (): Outcome => ({ kind: 'duplicate' });
export const retryLater = (delayMs: number, reason: string): Outcome => ({
  kind: 'retry',
  delayMs,
  reason,
});
export const poison = (reason: RejectionCode, error: string): Outcome => ({
  kind: 'poison',
  reason,
  error,
});

const KINDS: readonly unknown[] = [
  'done',
  'duplicate',
  'retry',
  'poison',
] satisfies Outcome['kind'][];

/** What a handler returned comes untyped through Nest. */
export const isOutcome = (value: unknown): value is Outcome =>
  typeof value === 'object' && value !== null && 'kind' in value && KINDS.includes(value.kind);
