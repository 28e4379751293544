import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exit } from '@picasso/engines';
import { Supervisor, type Watched } from './supervisor.ts';

/** A process that ends when the spec says so. */
class FakeProcess implements Watched {
  private static count = 0;
  readonly pid = (FakeProcess.count += 1);
  stopped = false;
  end!: (exit: Exit) => void;
  readonly exited = new Promise<Exit>((resolve) => (this.end = resolve));

  async stop(): Promise<void> {
    this.stopped = true;
    this.end({ code: 0, signal: null });
  }
}

const crash: Exit = { code: null, signal: 'SIGKILL' };

function supervise(extra: { settledMs?: number } = {}) {
  const said: string[] = [];
  const started: [string, number][] = [];
  const supervisor = new Supervisor({
    say: (line) => said.push(line),
    onStarted: (name, pid) => started.push([name, pid]),
    minPauseMs: 20,
    maxPauseMs: 80,
    ...extra,
  });
  return { supervisor, said, started };
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i += 1) await sleep(5);
  expect(condition()).toBe(true);
}

describe('Supervisor', () => {
  it('starts a crashed process again and says so', async () => {
    const { supervisor, said, started } = supervise();
    const processes: FakeProcess[] = [];
    await supervisor.run(
      'ingest',
      async () => (processes.push(new FakeProcess()), processes.at(-1)!),
    );
    processes[0]!.end(crash);
    await until(() => processes.length === 2 && said.includes('ingest runs again'));
    expect(said[0]).toBe('ingest ended (SIGKILL); starting it again in 0.02 s');
    expect(started).toEqual(processes.map(({ pid }) => ['ingest', pid]));
    await supervisor.stop();
    expect(processes[1]!.stopped).toBe(true);
  });

  it('waits longer after every crash, up to a limit, while it never settles', async () => {
    const { supervisor, said } = supervise();
    const processes: FakeProcess[] = [];
    await supervisor.run(
      'ingest',
      async () => (processes.push(new FakeProcess()), processes.at(-1)!),
    );
    for (let i = 0; i < 4; i += 1) {
      await until(() => processes.length === i + 1);
      processes[i]!.end(crash);
    }
    await until(() => processes.length === 5);
    const pauses = said.flatMap((line) => /again in (.*) s/.exec(line)?.[1] ?? []);
    expect(pauses).toEqual(['0.02', '0.04', '0.08', '0.08']);
    await supervisor.stop();
  });

  it('keeps trying when a restart fails', async () => {
    const { supervisor, said } = supervise();
    let starts = 0;
    const first = new FakeProcess();
    const last = new FakeProcess();
    await supervisor.run('nats', async () => {
      starts += 1;
      if (starts === 2) throw new Error('port taken');
      return starts === 1 ? first : last;
    });
    first.end(crash);
    await until(() => said.includes('nats runs again'));
    expect(said[1]).toMatch(/^nats does not start: port taken; next try in/);
    await supervisor.stop();
    expect(last.stopped).toBe(true);
  });

  it('stops in the reverse order and starts nothing again', async () => {
    const { supervisor, said } = supervise();
    const order: string[] = [];
    for (const name of ['nats', 'ingest']) {
      const child = new FakeProcess();
      const stop = child.stop.bind(child);
      child.stop = () => (order.push(name), stop());
      await supervisor.run(name, async () => child);
    }
    await supervisor.stop();
    await sleep(50);
    expect(order).toEqual(['ingest', 'nats']);
    expect(said).toEqual([]);
    await expect(supervisor.run('query', async () => new FakeProcess())).rejects.toThrow(
      /stopping/,
    );
  });

  it('ends a process whose start was under way when it was stopped', async () => {
    const { supervisor } = supervise();
    const late = new FakeProcess();
    const running = supervisor.run('slow', async () => (await sleep(50), late));
    const stopping = supervisor.stop();
    await running;
    await stopping;
    expect(late.stopped).toBe(true);
  });

  it('rejects when the first start fails, and can still be stopped', async () => {
    const { supervisor } = supervise();
    const broken = supervisor.run('ingest', async () => {
      throw new Error('no bundle');
    });
    await expect(broken).rejects.toThrow('no bundle');
    await supervisor.stop();
  });
});
