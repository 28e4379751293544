import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from './services.ts';

/** Ready at the second question; says what it was given; ends with code 7 when asked to. */
const SERVER = `
import { createServer } from 'node:http';
let asked = 0;
console.log('started with', process.env.WORD, 'and', Object.keys(process.env).length, 'names');
createServer((request, response) => {
  if (request.url === '/health/ready') asked += 1;
  response.writeHead(asked > 1 ? 200 : 503).end(process.env.WORD);
}).listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => process.exit(7));
`;

describe('startService', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'picasso-spec-'));
    for (const [name, source] of Object.entries({
      talker: SERVER,
      broken: "throw new Error('no settings');",
    })) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, 'main.js'), source);
      await writeFile(join(folder, name, 'package.json'), '{"type":"module"}');
    }
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('starts, kills, starts again at the same address, and stops', async () => {
    process.env.PICASSO_STRAY = 'from the shell';
    const service = await startService('talker', { WORD: 'one' }, { folder });
    delete process.env.PICASSO_STRAY;
    const { url, pid } = service;
    expect(await (await fetch(url)).text()).toBe('one');

    await service.kill();
    await expect(fetch(url)).rejects.toThrow();
    await service.start({ WORD: 'two' });
    expect(service.pid).not.toBe(pid);
    expect(service.url).toBe(url);
    expect(await (await fetch(url)).text()).toBe('two');
    await expect(service.start()).rejects.toThrow('runs already');

    expect(await service.stop()).toBe(7);
    expect(await service.logs()).toMatch(/started with one.*\nstarted with two/);
    // PATH, HOME, TMPDIR, TZ at most, and PORT, HOST, WORD.
    const given = Number(/and (\d+) names/.exec(await service.logs())?.[1]);
    expect(given).toBeLessThanOrEqual(7);
  });

  it('tells what a service said that did not come up', async () => {
    await expect(startService('broken', {}, { folder })).rejects.toThrow(/ended.*no settings/s);
  });

  it('tells how to build what is not there', async () => {
    await expect(startService('absent', {}, { folder })).rejects.toThrow('npx nx build absent');
  });
});
