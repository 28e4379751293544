import { compareText } from '../ordering/ordering.ts';

/** Counts in records and fixed-length lists, nested to any depth. */
export type CountTree =
  number | readonly CountTree[] | { readonly [key: string]: CountTree | undefined };

/**
 * Adds trees leaf to leaf: a key that only some of them have is taken from those. The order and the
 * grouping of the trees do not matter, and equal sums have equal bytes as JSON, their keys being
 * sorted; both as long as the leaves are integers whose sums stay below 2^53.
 *
 * @param trees of one shape, at least one
 */
export function sumTrees(trees: readonly CountTree[]): CountTree {
  const [first] = trees;
  if (first === undefined) throw new RangeError('nothing to add up');
  if (typeof first === 'number') {
    let sum = 0;
    for (const tree of trees as readonly number[]) sum += tree;
    return sum;
  }
  if (isList(first)) {
    return first.map((_, index) =>
      sumTrees((trees as readonly CountTree[][]).map((list) => list[index] ?? 0)),
    );
  }
  const children = new Map<string, CountTree[]>();
  for (const tree of trees as readonly Record<string, CountTree | undefined>[]) {
    for (const key of Object.keys(tree)) {
      const child = tree[key];
      if (child === undefined) continue;
      const others = children.get(key);
      if (others === undefined) children.set(key, [child]);
      else others.push(child);
    }
  }
  // fromEntries, so that `__proto__` is a key as any other.
  return Object.fromEntries(
    [...children]
      .sort(([a], [b]) => compareText(a, b))
      .map(([key, subtrees]) => [key, sumTrees(subtrees)]),
  );
}

const isList = (tree: CountTree): tree is readonly CountTree[] => Array.isArray(tree);
