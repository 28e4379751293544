/** Many requests at a time to a service, and how long each took. */
import { Agent, request } from 'node:http';
import { inParallel } from '../harness/parallel.ts';

export interface Answered {
  /** Milliseconds until the whole body was there; Infinity for anything but 200. */
  ms: number;
  bytes: number;
}

export class Requests {
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    private readonly origin: string,
    private readonly token: string,
  ) {}

  async get(path: string, take: (chunk: Buffer) => void = () => undefined): Promise<Answered> {
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.token}` };
      const sent = request(new URL(path, this.origin), { agent: this.agent, headers }, (answer) => {
        let bytes = 0;
        answer.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          take(chunk);
        });
        answer.once('error', reject);
        answer.once('end', () => {
          const ms = answer.statusCode === 200 ? performance.now() - began : Infinity;
          resolve({ ms, bytes });
        });
      });
      sent.once('error', reject);
      sent.end();
    });
  }

  /** The same path so many times, so many of them at once. */
  async many(path: string, count: number, inFlight: number): Promise<Answered[]> {
    const answered: Answered[] = [];
    await inParallel(Array.from({ length: count }), inFlight, async () => {
      answered.push(await this.get(path));
    });
    return answered;
  }

  close(): void {
    this.agent.destroy();
  }
}

/** The smallest value that so many of the values do not exceed. @param share 0 to 1 */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('no values');
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
