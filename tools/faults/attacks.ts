/** What is done to the pipeline while it is under load. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../harness/random.ts';
import { EndedError, type Service, type Victim } from '../harness/service.ts';
import type { Stack } from '../harness/stack.ts';
import type { Ledger } from './ledger.ts';
import type { TableFault, TableProxy } from './table-proxy.ts';

export interface Scene {
  stack: Stack;
  proxy: TableProxy;
  random: Random;
  ledger: Ledger;
}

/**
 * Waits for a process that was started again. One that gives up while it starts, because what it
 * needs is being killed, too, is started anew, as a supervisor would do.
 */
const bringBack = async (victim: Victim, ledger: Ledger): Promise<void> => {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    try {
      await victim.waitUntilReady(deadline - Date.now());
      return;
    } catch (error) {
      if (!(error instanceof EndedError) || Date.now() > deadline) throw error;
      ledger.note(`${victim.name} gave up while it started: ${error.message}`);
      await sleep(SUPERVISOR_PAUSE_MS);
      await victim.start();
    }
  }
};

export interface AttackReport {
  /** Who was killed, or where → how often. */
  kills: Record<string, number>;
  /** From the start of a killed process until it was ready, milliseconds. */
  recoveriesMs: number[];
}

export type Attack = (scene: Scene) => Promise<AttackReport>;

export type VictimName = 'ingest' | 'sessionizer' | 'nats-server';

const victimsOf = ({ stack }: Scene, name: VictimName): Victim[] =>
  name === 'ingest' ? [stack.ingest] : name === 'nats-server' ? [stack.nats] : stack.sessionizers;

/** A share of the processes is killed again before it is ready: recovery has to survive a crash, too. */
const KILLED_WHILE_STARTING = 0.15;
const LONGEST_BOOT_MS = 1_500;
const LONGEST_CALM_MS = 2_000;
const READY_WITHIN_MS = 60_000;
const SUPERVISOR_PAUSE_MS = 500;

/** `kill -9` at random moments, restarted at once. */
export const killAtRandom =
  (name: VictimName, times: number): Attack =>
  async (scene) => {
    const { random, ledger } = scene;
    const recoveriesMs: number[] = [];
    for (let killed = 0; killed < times; killed += 1) {
      await sleep(random.int(0, LONGEST_CALM_MS));
      const victim = random.pick(victimsOf(scene, name));
      await victim.kill();
      ledger.note(`killed ${victim.name}`);
      const started = Date.now();
      await victim.start();
      if (name !== 'nats-server' && random.chance(KILLED_WHILE_STARTING) && killed + 1 < times) {
        await sleep(random.int(0, LONGEST_BOOT_MS));
        await victim.kill();
        ledger.note(`killed ${victim.name} while it started`);
        killed += 1;
        await victim.start();
      }
      await bringBack(victim, ledger);
      recoveriesMs.push(Date.now() - started);
    }
    return { kills: { [name]: times }, recoveriesMs };
  };

export interface CrashPoint {
  app: 'ingest' | 'sessionizer';
  point: string;
}

export const CRASH_POINTS: readonly CrashPoint[] = [
  { app: 'ingest', point: 'before-publish' },
  { app: 'ingest', point: 'after-publish-ack' },
  { app: 'sessionizer', point: 'after-rows-before-state' },
  { app: 'sessionizer', point: 'after-state-before-ack' },
  { app: 'sessionizer', point: 'before-ack' },
];

/** Passages until a process dies, on average: about a second's worth under the usual load. */
const CRASH_PROBABILITY = 0.01;
const POINT_REACHED_WITHIN_MS = 60_000;

/** Runs one process with a crash point until it has died there often enough. */
const crashThere = async (
  scene: Scene,
  victim: Service,
  point: string,
  times: number,
): Promise<number[]> => {
  const recoveriesMs: number[] = [];
  await victim.kill();
  for (let crashes = 0; crashes < times; crashes += 1) {
    const started = Date.now();
    await victim.start({ FAULT_POINT: point, FAULT_PROBABILITY: String(CRASH_PROBABILITY) });
    const exited = victim.exited();
    // It may die at its point before anybody saw it ready.
    await Promise.race([victim.waitUntilReady().catch(() => undefined), exited]);
    recoveriesMs.push(Date.now() - started);
    const exit = await Promise.race([
      exited,
      sleep(POINT_REACHED_WITHIN_MS, 'late' as const, { ref: false }),
    ]);
    if (exit === 'late') throw new Error(`${victim.name} never reached ${point}`);
    if (exit.signal !== 'SIGKILL') throw new Error(`${victim.name} ended by itself at ${point}`);
    scene.ledger.note(`${victim.name} died at ${point}`);
  }
  await victim.start();
  await bringBack(victim, scene.ledger);
  return recoveriesMs;
};

/** Ingest and one of the sessionizers die at each of their points `times` times. */
export const crashAtPoints =
  (points: readonly CrashPoint[], times: number): Attack =>
  async (scene) => {
    const { stack } = scene;
    const kills: Record<string, number> = {};
    const recoveriesMs: number[] = [];
    const dieAtAll = async (victim: Service, app: CrashPoint['app']): Promise<void> => {
      for (const { point } of points.filter((each) => each.app === app)) {
        recoveriesMs.push(...(await crashThere(scene, victim, point, times)));
        kills[`${app} ${point}`] = times;
      }
    };
    // The other sessionizer lives: two that die after every hundredth slice handle less than comes.
    await Promise.all([
      dieAtAll(stack.ingest, 'ingest'),
      dieAtAll(stack.sessionizers[0]!, 'sessionizer'),
    ]);
    return { kills, recoveriesMs };
  };

export interface Phase {
  name: string;
  fault: (random: Random) => TableFault;
  ms: number;
}

const CALM_MS = 1_000;

/** One kind of trouble with the table engine after the other, with a little calm in between. */
export const troubleTables =
  (phases: readonly Phase[]): Attack =>
  async ({ proxy, random, ledger }) => {
    for (const { name, fault, ms } of phases) {
      ledger.note(`tables: ${name}`);
      proxy.misbehave(fault(random));
      await sleep(ms);
      proxy.misbehave(undefined);
      await sleep(CALM_MS);
    }
    return { kills: {}, recoveriesMs: [] };
  };

/** Nothing but load: the others have to be compared with something. */
export const leaveAlone =
  (ms: number): Attack =>
  async () => {
    await sleep(ms);
    return { kills: {}, recoveriesMs: [] };
  };
