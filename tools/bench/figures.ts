/** Figures in a form that fits into a terminal and into docs/performance.md. */

/** One line of a table: the first cell names it. */
export type Row = readonly (string | number)[];

export interface Section {
  title: string;
  /** How it was measured: what has to be known to believe the figures. */
  conditions: string[];
  head: readonly string[];
  rows: Row[];
  goals: Goal[];
}

export interface Goal {
  name: string;
  figure: number;
  /** What the figure has to be. */
  wanted: { atLeast: number } | { atMost: number };
}

export const isMet = ({ figure, wanted }: Goal): boolean =>
  'atLeast' in wanted ? figure >= wanted.atLeast : figure <= wanted.atMost;

/** 12345.6 → `12,346`, 2.345 → `2.35` */
export const readable = (value: string | number): string =>
  typeof value === 'string'
    ? value
    : value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 });

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) throw new RangeError('no values');
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A markdown table with aligned columns. */
export function table(head: readonly string[], rows: readonly Row[]): string {
  const cells = [head, ...rows.map((row) => row.map(readable))];
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(cells[0]!), line(rule), ...cells.slice(1).map(line)].join('\n');
}

const goalLine = (goal: Goal): string => {
  const { name, figure, wanted } = goal;
  const limit =
    'atLeast' in wanted
      ? `at least ${readable(wanted.atLeast)}`
      : `at most ${readable(wanted.atMost)}`;
  return `- ${isMet(goal) ? 'met' : '**missed**'}: ${name} ${readable(figure)} (goal: ${limit})`;
};

export const markdown = ({ title, conditions, head, rows, goals }: Section): string =>
  [
    `### ${title}`,
    conditions
      .map((text) => `${text}  `)
      .join('\n')
      .trimEnd(),
    table(head, rows),
    goals.map(goalLine).join('\n'),
  ].join('\n\n');
