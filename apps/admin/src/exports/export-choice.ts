import { client } from '../api/generated/client.gen.ts';
import type { ReportsReportData } from '../api/generated/index.ts';
import { toCsv, type Row } from './csv.ts';
import type { ExportFormat } from './row-counter.ts';

/** A file that can be downloaded: made by the service while it is sent, or of what is here. */
export type ExportChoice = {
  /** "CSV", "PDF report" */
  label: string;
  /** What it is a file of, for people. */
  name: string;
  format: ExportFormat;
} & ({ address: string } | { file: string; content(): string });

/** A call of the API that answers with a file when asked for a format. */
interface Listed {
  url: string;
  path: { tenant: string };
  query?: { format?: 'csv' | 'json' };
}

type Filters<D extends Listed> = Omit<NonNullable<D['query']>, 'format' | 'cursor' | 'limit'>;

/** All rows of a list, whatever part of it is shown. */
export const tableExports = <D extends Listed>(
  name: string,
  url: D['url'],
  tenant: string,
  query: Filters<D>,
): ExportChoice[] =>
  (['csv', 'json'] as const).map((format) => ({
    label: format.toUpperCase(),
    name,
    format,
    address: client.buildUrl({ url, path: { tenant }, query: { ...query, format } }),
  }));

/** A small table that is on the page as a whole. */
export const localExports = (
  name: string,
  file: string,
  rows: () => readonly Row[],
): ExportChoice[] => [
  { label: 'CSV', name, format: 'csv', file: `${file}.csv`, content: () => toCsv(rows()) },
  {
    label: 'JSON',
    name,
    format: 'json',
    file: `${file}.json`,
    content: () =>
      `[\n${rows()
        .map((row) => JSON.stringify(row))
        .join(',\n')}\n]\n`,
  },
];

export type Dashboard = 'conversations' | 'attribution' | 'forms' | 'items' | 'paths';

/** The dashboard on A4 pages. */
export const reportExport = (
  dashboard: Dashboard,
  tenant: string,
  query: NonNullable<ReportsReportData['query']>,
): ExportChoice => ({
  label: 'PDF report',
  name: `${dashboard} report`,
  format: 'pdf',
  address: client.buildUrl({
    url: '/analytics/reports/{dashboard}/{tenant}' satisfies ReportsReportData['url'],
    path: { dashboard, tenant },
    query,
  }),
});
