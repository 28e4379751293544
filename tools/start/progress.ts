/** What `npm start` says while it works, and how long each step took. */

export class Progress {
  private readonly began = Date.now();

  constructor(private readonly write: (line: string) => void) {}

  /** An indented line below the step that runs. */
  note(line: string): void {
    this.write(`    ${line}`);
  }

  /** Runs a step; says its name at once when it is slow, and its time at its end. */
  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const began = Date.now();
    const announce = setTimeout(() => this.write(`  … ${name}`), 1_000);
    try {
      const result = await work();
      this.write(`  ✓ ${name} (${seconds(Date.now() - began)})`);
      return result;
    } finally {
      clearTimeout(announce);
    }
  }

  total(): string {
    return seconds(Date.now() - this.began);
  }
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
