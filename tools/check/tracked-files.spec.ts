import { describe, expect, it } from '@jest/globals';
import { findings } from './tracked-files.ts';

describe('findings', () => {
  it.each([
    ['a bound lock entry', '  "resolved": "https://example.org/x.tgz",'],
    ['a registry setting', 'fund=false\nregistry=http://mirror.example'],
    ['a scoped registry setting', '@own:registry = http://mirror.example'],
    ['a credential', '//mirror.example/:_authToken=abc'],
    ['the public registry', 'see https://registry.npmjs.org/jest'],
    ['a home folder', 'cd /home/somebody/project'],
    ['a home folder on a Mac', "'/Users/somebody/project/x.ts'"],
    ["root's home folder", 'PATH=/root/bin/x'],
    ['a home folder on Windows', 'C:\\Users\\somebody'],
  ])('catches %s', (_name, text) => {
    expect(findings('file', `first\n${text}\n`)).toHaveLength(1);
  });

  it('names the line', () => {
    expect(findings('a/b', 'x\ny\n/home/somebody/x')).toEqual([
      "a/b:3 a path of somebody's machine",
    ]);
  });

  it.each([
    ['an address with a folder called home', 'https://example.org/home/page/'],
    ['a route', "@Get('/analytics/root')"],
    ['a dependency', '"registry-url": "^5.0.0"'],
    ['a relative path', 'apps/root/src/'],
  ])('leaves alone %s', (_name, text) => {
    expect(findings('file', text)).toEqual([]);
  });
});
