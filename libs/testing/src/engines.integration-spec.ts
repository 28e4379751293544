import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { startEngines, useEngines } from './engines.ts';

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

describe('useEngines', () => {
  const engines = useEngines({ nats: true, tables: 'disk' });

  it('gives what was asked for and nothing else', async () => {
    expect(await accepts(engines().nats.port)).toBe(true);
    expect(await accepts(engines().tables.port)).toBe(true);
    expect(() => engines().objects).toThrow('did not ask for objects');
  });

  it('restarts engines as new processes at the same address', async () => {
    const before = { nats: engines().nats, tables: engines().tables };
    await engines().restartNats();
    await engines().restartTables();
    expect(engines().nats.url).toBe(before.nats.url);
    expect(engines().tables.url).toBe(before.tables.url);
    expect(engines().nats.pid).not.toBe(before.nats.pid);
    expect(engines().tables.pid).not.toBe(before.tables.pid);
    expect(await accepts(engines().tables.port)).toBe(true);
  });
});

it('startEngines leaves neither processes nor files behind', async () => {
  const engines = await startEngines({ objects: true });
  const { port } = engines.objects;
  expect(await accepts(port)).toBe(true);
  await engines.stop();
  expect(await accepts(port)).toBe(false);
  expect(existsSync(engines.dir)).toBe(false);
});

it('tables in memory are not restarted, as they would be empty', async () => {
  const engines = await startEngines({ tables: true });
  await expect(engines.restartTables()).rejects.toThrow('disk');
  await engines.stop();
});
