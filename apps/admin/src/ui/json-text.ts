/** JSON that people type: where it is wrong, and where in it something lies. Pure. */
import {
  findNodeAtLocation,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';

/** Something to say about a line of a text. */
export interface LineMark {
  /** From 1 on. */
  line: number;
  message: string;
}

export type JsonReading = { ok: true; value: unknown } | { ok: false; problem: LineMark };

export const lineAt = (text: string, offset: number): number =>
  text.slice(0, offset).split('\n').length;

/** `CommaExpected` → "Comma expected" */
const words = (name: string): string => {
  const text = name.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return text === 'End of file expected' ? 'Nothing may follow here' : text;
};

/** Strict JSON, or the first thing that is wrong with it. */
export function readJson(text: string): JsonReading {
  if (text.trim() === '')
    return { ok: false, problem: { line: 1, message: 'There is nothing yet' } };
  const errors: ParseError[] = [];
  parseTree(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [first] = errors;
  if (first) {
    const message = words(printParseErrorCode(first.error));
    return { ok: false, problem: { line: lineAt(text, first.offset), message } };
  }
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    // What the tolerant parser lets pass, such as a line break inside a string.
    const message = error instanceof Error ? error.message : 'This is no JSON';
    const [, line] = /line (\d+)/.exec(message) ?? [];
    return { ok: false, problem: { line: Number(line ?? 1), message } };
  }
}

/** `/payload/a~1b/0` → its steps */
export const pointerSteps = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The line of what a path leads to, or of the nearest thing around it that is there. */
export function lineOfPath(text: string, path: readonly (string | number)[]): number {
  const root = parseTree(text);
  if (!root) return 1;
  let node: Node = root;
  for (const step of path) {
    const next = findNodeAtLocation(node, [node.type === 'array' ? Number(step) : String(step)]);
    if (!next) break;
    node = next;
  }
  return lineAt(text, node.offset);
}

export interface JsonChange {
  /** JSON pointer. */
  path: string;
  /** undefined where it was not there. */
  before: unknown;
  /** undefined where it is gone. */
  after: unknown;
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** What is different between two values, leaf by leaf. */
export function jsonChanges(before: unknown, after: unknown, path = ''): JsonChange[] {
  if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => {
      const step = name.replaceAll('~', '~0').replaceAll('/', '~1');
      return jsonChanges(before[name], after[name], `${path}/${step}`);
    });
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}
