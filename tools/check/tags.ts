/** A mistyped tag silently enforces nothing: every project carries one known tag per axis. */
import { createProjectGraphAsync } from '@nx/devkit';
import { PLATFORMS, TYPES } from './layers.ts';

/** The axes and their known values; each value has a constraint in `layers.mjs`. */
const AXES: Record<string, string[]> = {
  type: Object.keys(TYPES),
  platform: Object.keys(PLATFORMS),
};

/** Nx makes these of a package's keywords; no constraint speaks of them. */
const KEYWORD = /^npm:/;

export interface TaggedProject {
  name: string;
  tags: string[];
}

/** One sentence per mistake; none when all is well. */
export function tagMistakes(projects: TaggedProject[]): string[] {
  return projects.flatMap(({ name, tags }) => {
    const unknown = tags.filter((tag) => {
      if (KEYWORD.test(tag)) return false;
      const [axis = '', value = '', ...rest] = tag.split(':');
      return rest.length > 0 || !(Object.hasOwn(AXES, axis) && AXES[axis]?.includes(value));
    });
    const uneven = Object.keys(AXES).flatMap((axis) => {
      const count = tags.filter((tag) => tag.startsWith(`${axis}:`)).length;
      return count === 1 ? [] : [`${name} has ${count} tags of ${axis}:, not one`];
    });
    return [...unknown.map((tag) => `${name} has the unknown tag ${tag}`), ...uneven];
  });
}

/** The tags as Nx itself sees them, inferred projects included. */
export async function workspaceTags(): Promise<TaggedProject[]> {
  const graph = await createProjectGraphAsync({ exitOnError: false });
  return Object.values(graph.nodes).map(({ name, data }) => ({ name, tags: data.tags ?? [] }));
}
