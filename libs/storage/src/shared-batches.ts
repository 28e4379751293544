import { AsyncLocalStorage } from 'node:async_hooks';
import { trace } from '@opentelemetry/api';

type Row = Record<string, unknown>;

interface Waiting {
  rows: readonly Row[];
  resolve(): void;
  reject(error: unknown): void;
  /** Runs something in the caller's trace. */
  inContext<T>(work: () => T): T;
  traced: boolean;
}

/** What a BatchWriteItem takes. */
const BATCH_ROWS = 25;
/**
 * Batches under way at once. While all of them are, rows gather: the busier it is, the fuller the
 * batches. Nobody waits while it is quiet.
 */
const UNDER_WAY = 4;

/**
 * Rows of many callers, each of whom has few, in common batches: a call costs much more than a row,
 * for us and for the engine. Write units are the same.
 */
export class SharedBatches {
  private readonly waiting: Waiting[] = [];
  private underWay = 0;
  private scheduled = false;

  /** @param write stores all rows or rejects; safe to repeat */
  constructor(private readonly write: (rows: readonly Row[]) => Promise<void>) {}

  /** Resolves when these rows are stored. */
  put(rows: readonly Row[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const inContext = AsyncLocalStorage.snapshot() as Waiting['inContext'];
      const traced = trace.getActiveSpan()?.isRecording() ?? false;
      this.waiting.push({ rows, resolve, reject, inContext, traced });
      if (this.scheduled) return;
      this.scheduled = true;
      // At the end of the event loop's turn: who else comes in it shares the batch.
      setImmediate(() => {
        this.scheduled = false;
        this.start();
      });
    });
  }

  private start(): void {
    while (this.underWay < UNDER_WAY && this.waiting.length > 0) {
      this.underWay += 1;
      void this.run(this.take()).finally(() => {
        this.underWay -= 1;
        this.start();
      });
    }
  }

  /** Whole callers as they came, as many as fit; at least one. */
  private take(): Waiting[] {
    let callers = 0;
    for (let rows = 0; callers < this.waiting.length; callers += 1) {
      rows += this.waiting[callers]!.rows.length;
      if (callers > 0 && rows > BATCH_ROWS) break;
    }
    return this.waiting.splice(0, callers);
  }

  private async run(callers: readonly Waiting[]): Promise<void> {
    // The call appears in one trace only: in one that is recorded, if there is any.
    const { inContext } = callers.find(({ traced }) => traced) ?? callers[0]!;
    try {
      await inContext(() => this.write(callers.flatMap(({ rows }) => rows)));
      for (const { resolve } of callers) resolve();
    } catch (error) {
      if (callers.length === 1 || !isRefused(error)) {
        for (const { reject } of callers) reject(error);
        return;
      }
      // Something is wrong with somebody's rows: that must not keep the others' from being stored.
      await Promise.all(callers.map((caller) => this.run([caller])));
    }
  }
}

/** The engine does not take the batch as it is, whenever it is sent. */
const isRefused = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationException';
