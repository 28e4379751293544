import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer } from './nats-binary.ts';

/** A program that says which version it is; nothing else of a server is looked at. */
async function fakeServer(folder: string, name: string, version: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho 'nats-server: v${version}'\n`, { mode: 0o755 });
  return path;
}

describe('findNatsServer', () => {
  let dir: string;
  let mirror: Server;
  let requests: string[];
  let said: string[];
  let env: NodeJS.ProcessEnv;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'nats-binary-'));
    requests = [];
    said = [];
    mirror = createServer((request, response) => {
      requests.push(request.url ?? '');
      response.end('not the archive that was pinned');
    });
    await new Promise<void>((resolve) => mirror.listen(0, '127.0.0.1', resolve));
    const { port } = mirror.address() as { port: number };
    // No Go on this PATH, so that building is no way out.
    env = {
      PATH: join(dir, 'bin'),
      PICASSO_CACHE_DIR: join(dir, 'cache'),
      PICASSO_NATS_RELEASES: `http://127.0.0.1:${port}`,
    };
  });

  afterEach(async () => {
    await new Promise((resolve) => mirror.close(resolve));
    await rm(dir, { recursive: true, force: true });
  });

  const find = () => findNatsServer((line) => said.push(line), env);

  it('takes one on the PATH that is new enough, and asks nobody', async () => {
    const path = await fakeServer(join(dir, 'bin'), 'nats-server', '2.12.3');
    expect(await find()).toEqual({ path, version: '2.12.3', powerLossSafe: true });
    expect(requests).toEqual([]);
  });

  it('prefers the pinned one of the cache to an old one on the PATH', async () => {
    await fakeServer(join(dir, 'bin'), 'nats-server', '2.9.10');
    const cached = await fakeServer(join(dir, 'cache/nats-server'), 'nats-server-2.14.0', '2.14.0');
    expect(await find()).toMatchObject({ path: cached, version: '2.14.0' });
    expect(requests).toEqual([]);
  });

  it('refuses a download with another checksum, and falls back to the old one with a warning', async () => {
    const old = await fakeServer(join(dir, 'bin'), 'nats-server', '2.9.10');
    expect(await find()).toEqual({ path: old, version: '2.9.10', powerLossSafe: false });
    expect(requests).toEqual([
      expect.stringMatching(/^\/v2\.14\.0\/nats-server-v2\.14\.0-.*\.tar\.gz$/),
    ]);
    expect(said).toContainEqual(
      expect.stringMatching(/download .* failed: checksum is .* not the pinned/),
    );
    expect(said).toContainEqual(expect.stringMatching(/power loss is not claimed/));
    expect(await readdir(join(dir, 'cache/nats-server'))).toEqual([]);
  });

  it('says what to do when there is none at all', async () => {
    // Debian's folder for daemons is looked at whatever the PATH says.
    const installed = await readdir('/usr/sbin').catch(() => [] as string[]);
    if (installed.includes('nats-server')) return;
    await expect(find()).rejects.toThrow(/Install one \(2\.12 or later\)/);
  });
});
