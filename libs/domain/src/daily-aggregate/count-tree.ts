/** Counts, alone or in lists of fixed length, in records nested to any depth. */
export interface CountTree {
  readonly [key: string]: number | readonly number[] | CountTree | undefined;
}

type Sums = Map<string, number | readonly number[] | Sums>;

/**
 * Adds trees leaf to leaf: a key that only some of them have is taken from those. The order and the
 * grouping of the trees do not matter, and equal sums have equal bytes as JSON, their keys being
 * sorted; both as long as the leaves are integers whose sums stay below 2^53.
 *
 * @param trees of one shape: what is a count, a list or a record in one is so in all
 */
export function sumTrees(trees: Iterable<CountTree>): CountTree {
  const sums: Sums = new Map();
  for (const tree of trees) addTo(sums, tree);
  return sortedTree(sums);
}

function addTo(sums: Sums, tree: CountTree): void {
  for (const key of Object.keys(tree)) {
    const value = tree[key];
    const sum = sums.get(key);
    if (typeof value === 'number') {
      sums.set(key, typeof sum === 'number' ? sum + value : value);
    } else if (isList(value)) {
      sums.set(key, isList(sum) ? value.map((count, index) => count + (sum[index] ?? 0)) : value);
    } else if (value !== undefined) {
      const children: Sums = sum instanceof Map ? sum : new Map<string, number>();
      if (sum === undefined) sums.set(key, children);
      addTo(children, value);
    }
  }
}

/** Sorted by UTF-16 units. */
function sortedTree(sums: Sums): CountTree {
  const keys = [...sums.keys()];
  // Trees that were made here come sorted, and often one has all the keys of the others.
  if (!isSorted(keys)) keys.sort();
  const tree: Record<string, CountTree[string]> = {};
  for (const key of keys) {
    const sum = sums.get(key);
    const value = sum instanceof Map ? sortedTree(sum) : sum;
    if (key === '__proto__') defineOwn(tree, key, value);
    else tree[key] = value;
  }
  return tree;
}

const isSorted = (keys: readonly string[]): boolean =>
  keys.every((key, i) => i === 0 || (keys[i - 1] as string) <= key);

/** A key as any other, where an assignment would set the prototype. */
const defineOwn = (tree: object, key: string, value: unknown): unknown =>
  Object.defineProperty(tree, key, { value, enumerable: true, configurable: true, writable: true });

const isList = (value: unknown): value is readonly number[] => Array.isArray(value);
