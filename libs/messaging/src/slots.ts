/** A counting semaphore: bounds what is in flight, first come first served. */
export class Slots {
  private readonly waiting = new Set<() => void>();

  constructor(private free: number) {}

  get available(): number {
    return this.free;
  }

  /** True when a slot was taken, false when none became free before `deadlineMs` (epoch; may be Infinity). */
  async acquire(deadlineMs: number): Promise<boolean> {
    if (this.free > 0 && this.waiting.size === 0) {
      this.free--;
      return true;
    }
    return new Promise((resolve) => {
      const grant = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const giveUp = (): void => {
        this.waiting.delete(grant);
        resolve(false);
      };
      const timer = Number.isFinite(deadlineMs)
        ? setTimeout(giveUp, Math.max(0, deadlineMs - Date.now()))
        : undefined;
      this.waiting.add(grant);
    });
  }

  release(): void {
    const [next] = this.waiting;
    if (!next) {
      this.free++;
      return;
    }
    // The slot goes over to the one who has waited longest.
    this.waiting.delete(next);
    next();
  }
}
