/** Sorting more lines than fit into memory: into files by a name, then file by file. */
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';

const DIRECTORY = /^backfill-(\d+)-/;

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** What killed runs have left on this machine: they could not remove it themselves. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, pid] = DIRECTORY.exec(name) ?? [];
    if (pid && !isRunning(Number(pid))) {
      await rm(join(tmpdir(), name), { recursive: true, force: true });
    }
  }
}

export class Spill {
  private readonly streams = new Map<string, WriteStream>();

  private constructor(private readonly dir: string) {}

  static async open(): Promise<Spill> {
    await removeAbandoned();
    return new Spill(await mkdtemp(join(tmpdir(), `backfill-${process.pid}-`)));
  }

  /** @param name of the file; letters, digits and '-' */
  async add(name: string, value: unknown): Promise<void> {
    let stream = this.streams.get(name);
    if (!stream) {
      stream = createWriteStream(join(this.dir, name));
      this.streams.set(name, stream);
    }
    if (!stream.write(`${JSON.stringify(value)}\n`)) await once(stream, 'drain');
  }

  /** Names in order; nothing can be added after this. */
  async names(): Promise<string[]> {
    for (const stream of this.streams.values()) {
      stream.end();
      await finished(stream);
    }
    return (await readdir(this.dir)).sort();
  }

  async *read(name: string): AsyncGenerator {
    for await (const line of createInterface({ input: createReadStream(join(this.dir, name)) })) {
      yield JSON.parse(line) as unknown;
    }
  }

  async remove(): Promise<void> {
    await rm(this.dir, { recursive: true, force: true });
  }
}
