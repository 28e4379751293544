import type { Column } from '../exports/export-rows.ts';

type Plain = string | number | boolean | null | undefined;
type PlainKeys<Row> = {
  [Key in keyof Row & string]: Row[Key] extends Plain ? Key : never;
}[keyof Row & string];

/** Columns that are called as the rows' fields. */
export const columnsOf = <Row>(...names: PlainKeys<Row>[]): Column<Row>[] =>
  names.map((name) => ({ header: name, value: (row) => row[name] as Plain }));
