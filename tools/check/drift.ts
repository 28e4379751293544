/**
 * Files that are generated and committed must be what their generator writes. Generators are the
 * Nx targets called `generate-…` or `openapi`.
 */
import { createProjectGraphAsync } from '@nx/devkit';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

const GENERATOR = /^(?:generate-.+|openapi)$/;

/** Contents by path of everything under `folder` that git tracks or would track. */
export function snapshot(root: string, folder: string): Map<string, string> {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', folder];
  const paths = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0');
  return new Map(
    paths
      .filter((path) => path !== '' && existsSync(join(root, path)))
      .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
  );
}

/** Paths whose content differs, or that only one of the two has. */
export const changedPaths = (before: Map<string, string>, after: Map<string, string>): string[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .sort();

/**
 * Runs every generator. What it changed stays changed, ready to be committed.
 * @returns one sentence per file that was out of date, or per generator that failed
 */
export async function driftMistakes(root: string): Promise<string[]> {
  const graph = await createProjectGraphAsync({ exitOnError: false });
  const generators = Object.values(graph.nodes).flatMap(({ name, data }) =>
    Object.keys(data.targets ?? {})
      .filter((target) => GENERATOR.test(target))
      .map((target) => ({ task: `${name}:${target}`, folder: data.root })),
  );
  const mistakes: string[] = [];
  for (const { task, folder } of generators) {
    const before = snapshot(root, folder);
    const { code, output } = await run('nx', ['run', task, '--skip-nx-cache']);
    if (code !== 0) mistakes.push(`nx run ${task} failed:\n${output}`);
    for (const path of changedPaths(before, snapshot(root, folder))) {
      mistakes.push(`${path} was not what nx run ${task} writes; now it is: commit it`);
    }
  }
  return mistakes;
}
