import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './run.ts';

const sources = execFileSync('git', ['ls-files', 'apps/*.ts', 'libs/*.ts'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && !/spec\.ts$|\/generated\//.test(path))
  .map((path) => readFileSync(join(ROOT, path), 'utf8'));

const DECLARED = /\b(?:counter|gauge|histogram|perStream|perConsumer)\(\s*'([a-z_]+)'/g;
const [, chapter = ''] = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8').split(
  '# Metrics and alerts\n',
);
/** A metric's own row; alerts name metrics, too. */
const ROW = /^\| `([a-z_]+)`/gm;

const namesIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].flatMap(([, name]) => name ?? []);

describe('metrics in docs/operations.md', () => {
  const declared = sources.flatMap((text) => namesIn(text, DECLARED)).sort();

  it('are those that the services have, each once', () => {
    expect(declared.length).toBeGreaterThan(20);
    expect(namesIn(chapter, ROW).sort()).toEqual(declared);
  });

  it('are known where an alert uses them', () => {
    const used = namesIn(chapter, /`?\b((?:aggregator|ingest|journey|query|sessionizer)_\w+)/g);
    const known = declared.flatMap((name) => [name, `${name}_bucket`, `${name}_count`]);
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
  });
});
