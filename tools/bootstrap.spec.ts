import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInstalled } from './bootstrap.mjs';

let dir: string;
beforeAll(async () => (dir = await mkdtemp(join(tmpdir(), 'bootstrap-'))));
afterAll(() => rm(dir, { recursive: true }));

const lock = async (name: string, packages: Record<string, object>): Promise<string> => {
  const file = join(dir, name);
  await writeFile(file, JSON.stringify({ packages }));
  return file;
};

const wanted = {
  '': { version: '0.1.0' },
  'node_modules/a': { version: '1.0.0' },
  'node_modules/native-other-os': { version: '3.0.0', optional: true },
};

describe('isInstalled', () => {
  it.each([
    ['everything is there', { 'node_modules/a': { version: '1.0.0' } }, true],
    ['one has another version', { 'node_modules/a': { version: '0.9.0' } }, false],
    ['one is missing', {}, false],
    [
      'an optional one has another version',
      {
        'node_modules/a': { version: '1.0.0' },
        'node_modules/native-other-os': { version: '2.0.0' },
      },
      false,
    ],
  ])('%s', async (_, installed, expected) => {
    const asked = await lock('lock.json', wanted);
    expect(isInstalled(asked, await lock('hidden.json', installed))).toBe(expected);
  });

  it('is false before the first installation', async () => {
    expect(isInstalled(await lock('lock.json', wanted), join(dir, 'none.json'))).toBe(false);
  });
});
