/** What must not stand in any tracked file: where somebody's machine or registry is. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Patterns with the reason that is printed. */
const FORBIDDEN: [RegExp, string][] = [
  [/"resolved":\s*"/, 'a lock file entry that is bound to one registry'],
  [/^\s*(?:@[\w-]+:)?registry\s*=/m, 'a registry setting'],
  [/\/\/[^\s/"']+\/:_(?:authToken|password|auth)\b/, 'a registry credential'],
  [/https?:\/\/registry\.(?:npmjs|yarnpkg)\.[a-z]+/, 'a registry host'],
  [/(?<![\w.\-/}])\/(?:home|Users|root)\/[\w.-]+\//, "a path of somebody's machine"],
  [/\b[A-Z]:\\Users\\/, "a path of somebody's machine"],
];

/** One line per finding, `path:line reason`. */
export function findings(path: string, text: string): string[] {
  return FORBIDDEN.flatMap(([pattern, reason]) => {
    const hit = pattern.exec(text);
    if (!hit) return [];
    const line = text.slice(0, hit.index).split('\n').length;
    return [`${path}:${line} ${reason}`];
  });
}

/** Reads every tracked text file of the repository at `root`. */
export function trackedFileMistakes(root: string): string[] {
  const paths = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && !path.endsWith('tracked-files.spec.ts'));
  return paths.flatMap((path) => {
    let text: string;
    try {
      text = readFileSync(join(root, path), 'utf8');
    } catch {
      return []; // deleted in the work tree, or a submodule
    }
    return text.includes('\0') ? [] : findings(path, text);
  });
}
