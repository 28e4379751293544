import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changedPaths, snapshot } from './drift.ts';

describe('snapshots', () => {
  let root: string;
  const write = (path: string, text: string): void => writeFileSync(join(root, path), text);

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'picasso-spec-'));
    execFileSync('git', ['init', '-q'], { cwd: root });
    mkdirSync(join(root, 'lib'));
    write('.gitignore', 'cache.json\n');
    write('lib/kept.json', '1');
    write('lib/edited.json', '1');
    write('lib/removed.json', '1');
    write('outside.json', '1');
    execFileSync('git', ['add', '.'], { cwd: root });
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('tell what changed, came and went in the folder, ignored files aside', () => {
    const before = snapshot(root, 'lib');
    write('lib/edited.json', '2');
    write('lib/added.json', '1');
    write('lib/cache.json', '1');
    write('outside.json', '2');
    rmSync(join(root, 'lib/removed.json'));
    expect(changedPaths(before, snapshot(root, 'lib'))).toEqual([
      'lib/added.json',
      'lib/edited.json',
      'lib/removed.json',
    ]);
  });
});
