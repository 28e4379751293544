interface Waiting<Job, Result> {
  job: Job;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Work per key one after another, keys side by side.
 *
 * What arrives for a key while it is busy waits and is then handed over together: slices of one
 * session that come in close together cost one pass over its state instead of one each. Order
 * within a key is arrival order; nothing relies on it.
 *
 * Only this process is kept in line; between replicas the commit's version decides.
 */
export class SessionLanes<Job, Result> {
  private readonly lanes = new Map<string, Waiting<Job, Result>[]>();

  /** @param work gets the jobs that waited and answers as many results in their order */
  constructor(private readonly work: (key: string, jobs: readonly Job[]) => Promise<Result[]>) {}

  submit(key: string, job: Job): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiting = { job, resolve, reject };
      const lane = this.lanes.get(key);
      if (lane) {
        lane.push(waiting);
        return;
      }
      this.lanes.set(key, [waiting]);
      void this.run(key);
    });
  }

  /** Keys with work under way or waiting. */
  get busy(): number {
    return this.lanes.size;
  }

  private async run(key: string): Promise<void> {
    for (;;) {
      const batch = this.lanes.get(key) ?? [];
      if (batch.length === 0) {
        this.lanes.delete(key);
        return;
      }
      this.lanes.set(key, []);
      try {
        const results = await this.work(
          key,
          batch.map((waiting) => waiting.job),
        );
        batch.forEach((waiting, i) => waiting.resolve(results[i] as Result));
      } catch (error) {
        batch.forEach((waiting) => waiting.reject(error));
      }
    }
  }
}
