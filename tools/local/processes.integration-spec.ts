import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcess, identify, isRunning } from './processes.ts';
import { endRun, isUp, readRun, RunRecorder } from './run-record.ts';

const children: ChildProcess[] = [];
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')));

/** A program that says when it is ready; a stubborn one ignores SIGTERM. */
async function program({ stubborn = false } = {}): Promise<number> {
  const source = `${stubborn ? 'process.on("SIGTERM", () => {});' : ''}
    setInterval(() => {}, 1000); console.log('ready');`;
  const child = spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid!;
}

describe('endProcess', () => {
  it('asks first', async () => {
    const id = identify(await program());
    expect(isRunning(id)).toBe(true);
    await endProcess(id, 5_000);
    expect(isRunning(id)).toBe(false);
    expect(children[0]?.signalCode ?? 'SIGTERM').toBe('SIGTERM');
  });

  it('kills what does not listen', async () => {
    const id = identify(await program({ stubborn: true }));
    const began = Date.now();
    await endProcess(id, 300);
    expect(isRunning(id)).toBe(false);
    expect(Date.now() - began).toBeGreaterThanOrEqual(300);
  });

  it('leaves another process with the same number alone', async () => {
    const pid = await program();
    const former = { pid, started: '1' };
    expect(isRunning(former)).toBe(false);
    await endProcess(former, 100);
    expect(isRunning(identify(pid))).toBe(true);
  });
});

describe('RunRecorder', () => {
  const urls = { ingest: '', query: '', sessionizer: '', nats: '', tables: '', objects: '' };

  it('lets a later run find and end what is left', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'run-'));
    const file = join(dir, 'run.json');
    const pid = await program();
    new RunRecorder(file, urls).started('ingest', pid);
    const run = readRun(file)!;
    expect(isUp(run)).toBe(true);

    const orphaned = { ...run, supervisor: { pid: process.pid, started: '1' } };
    expect(isUp(orphaned)).toBe(false);
    expect(await endRun(orphaned)).toEqual(['ingest']);
    expect(isRunning(identify(pid))).toBe(false);
    expect(await endRun(orphaned)).toEqual([]);
    await rm(dir, { recursive: true });
  });
});
