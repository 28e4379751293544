/** What reports are put together from: cards, bars, tables and the heat map, in one look. */
import type { Comparison, FunnelRow } from '@picasso/domain';
import type { Content, ContentTable, TableCell } from 'pdfmake/interfaces.js';

const INK = '#18211d';
const MUTED = '#66736d';
const ACCENT = '#059669';
const SOFT = '#d1fae5';
const LOSS = '#dc2626';
const LINE = '#e3e8e5';
const GROUND = '#f6f8f7';

/** Points between the margins of an A4 page. */
export const WIDTH = 515;
export const COLOURS = { INK, MUTED, ACCENT, LINE } as const;

const integer = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export const count = (value: number | null): string =>
  value === null ? '–' : integer.format(value);
export const percent = (value: number | null): string =>
  value === null ? '–' : `${decimal.format(value * 100)} %`;
export const seconds = (ms: number | null): string =>
  ms === null ? '–' : `${decimal.format(ms / 1000)} s`;

export interface Card {
  label: string;
  figure: Comparison;
  format: (value: number | null) => string;
  /** What a rise is: good news where nothing is said. */
  rise?: 'bad' | 'neither';
  /** The one card on the accent's ground. */
  filled?: boolean;
}

/** Up to four large numbers side by side, each with its change on the period before. */
export const cards = (list: readonly Card[]): Content => ({
  columns: list.map(({ label, figure, format, rise, filled = false }) => ({
    width: '*',
    table: {
      widths: ['*'],
      body: [
        [
          {
            stack: [
              {
                text: label.toUpperCase(),
                ...{ fontSize: 7, characterSpacing: 0.6, color: filled ? SOFT : MUTED },
              },
              {
                text: format(figure.value),
                ...{ fontSize: 20, bold: true, color: filled ? '#ffffff' : INK },
                margin: [0, 4, 0, 2],
              },
              changeOf(figure, rise, filled),
            ],
            fillColor: filled ? ACCENT : GROUND,
            margin: [8, 8, 8, 8],
          },
        ],
      ],
    },
    layout: 'noBorders',
  })),
  columnGap: 8,
  margin: [0, 0, 0, 14],
});

function changeOf({ change }: Comparison, rise: Card['rise'], filled: boolean): Content {
  if (change === null) return { text: 'no comparison', fontSize: 8, color: filled ? SOFT : MUTED };
  const rises = change > 0;
  const neutral = Math.abs(change) < 0.01;
  const bad = rises ? rise === 'bad' : rise === undefined;
  const plain = neutral || rise === 'neither';
  const color = filled ? '#ffffff' : plain ? MUTED : bad ? LOSS : ACCENT;
  const sign = neutral ? '±' : rises ? '+' : '−';
  const text = `${sign}${percent(Math.abs(change))} on the period before`;
  return { text, fontSize: 8, color };
}

export const heading = (text: string, note?: string): Content => ({
  stack: [
    { text, fontSize: 12, bold: true },
    ...(note ? [{ text: note, fontSize: 8, color: MUTED, margin: [0, 2, 0, 0] as never }] : []),
  ],
  margin: [0, 4, 0, 6],
});

export const nothing = (text = 'Nothing in this range.'): Content => ({
  text,
  color: MUTED,
  fontSize: 9,
  margin: [0, 0, 0, 12],
});

export interface Bar {
  label: string;
  value: number;
  text: string;
}

/** Horizontal bars under each other, to one scale. */
export function bars(rows: readonly Bar[]): Content {
  if (rows.length === 0) return nothing();
  const most = Math.max(1, ...rows.map(({ value }) => value));
  const width = 250;
  return {
    table: {
      widths: [150, width, '*'],
      body: rows.map(({ label, value, text }) => [
        { text: label, fontSize: 9, noWrap: false },
        {
          canvas: [
            { type: 'rect', x: 0, y: 1, w: width, h: 9, r: 2, color: GROUND },
            {
              ...{ type: 'rect', x: 0, y: 1, h: 9, r: 2 },
              w: Math.max(1.5, (width * value) / most),
              color: value === 0 ? GROUND : ACCENT,
            },
          ],
        },
        { text, fontSize: 9, color: MUTED },
      ]),
    },
    layout: 'noBorders',
    margin: [0, 0, 0, 12],
  };
}

/** A column chart without axes: the shape of a range, its first and last bucket named. */
export function columns(points: readonly { at: string; value: number }[]): Content {
  if (points.length === 0) return nothing();
  const most = Math.max(1, ...points.map(({ value }) => value));
  const height = 70;
  const step = WIDTH / points.length;
  const shapes = points.map(({ value }, index) => ({
    ...{ type: 'rect' as const, color: value === 0 ? LINE : ACCENT },
    x: index * step,
    y: height - Math.max(0.75, (height * value) / most),
    w: Math.max(0.5, step * 0.75),
    h: Math.max(0.75, (height * value) / most),
  }));
  return {
    stack: [
      { canvas: shapes },
      {
        columns: [
          { text: bucketName(points[0]?.at ?? ''), alignment: 'left' },
          { text: `at most ${count(most)}`, alignment: 'center' },
          { text: bucketName(points.at(-1)?.at ?? ''), alignment: 'right' },
        ],
        ...{ fontSize: 7, color: MUTED, margin: [0, 3, 0, 0] },
      },
    ],
    margin: [0, 0, 0, 14],
  };
}

/** `2026-11-22T15-06:00` is an hour of that day, `2026-11-22` the whole day. */
const bucketName = (at: string): string => at.replace(/T(\d\d).*$/, ' $1:00');

/** @param headers with `>` in front: right-aligned */
export function table(
  headers: readonly string[],
  rows: readonly (string | null)[][],
  widths: (string | number)[],
): Content {
  if (rows.length === 0) return nothing();
  const right = headers.map((header) => header.startsWith('>'));
  const alignment = (column: number) => (right[column] ? ('right' as const) : ('left' as const));
  const head = headers.map((header, column): TableCell => ({
    text: header.replace(/^>/, '').toUpperCase(),
    ...{ fontSize: 7, color: MUTED, characterSpacing: 0.4, alignment: alignment(column) },
  }));
  const body = rows.map((row) =>
    row.map((text, column): TableCell => ({ text: text ?? '–', alignment: alignment(column) })),
  );
  return {
    table: { headerRows: 1, widths, body: [head, ...body], dontBreakRows: true },
    layout: ruled,
    fontSize: 9,
    margin: [0, 0, 0, 14],
  };
}

const ruled: ContentTable['layout'] = {
  hLineWidth: (line) => (line === 0 ? 0 : 0.5),
  vLineWidth: () => 0,
  hLineColor: () => LINE,
  paddingTop: () => 3.5,
  paddingBottom: () => 3.5,
  paddingLeft: () => 0,
  paddingRight: () => 6,
};

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Monday to Sunday × eight blocks, numbered, in shades of the accent. */
export function heatTiles(cells: readonly (readonly number[])[]): Content {
  const most = Math.max(1, ...cells.flat());
  const label = (text: string): TableCell => ({ text, fontSize: 8, color: MUTED });
  const hours = Array.from({ length: 8 }, (_, block) => `${String(block * 3).padStart(2, '0')}–`);
  return {
    table: {
      widths: [30, ...hours.map(() => '*')],
      body: [
        [label(''), ...hours.map(label)],
        ...cells.map((row, day) => [
          label(DAYS[day] ?? ''),
          ...row.map((value): TableCell => {
            const shade = value / most;
            return {
              ...{ text: count(value), alignment: 'center', fontSize: 9, margin: [0, 4, 0, 4] },
              color: shade > 0.55 ? '#ffffff' : INK,
              fillColor: value === 0 ? GROUND : mix(SOFT, ACCENT, shade),
            };
          }),
        ]),
      ],
    },
    layout: {
      hLineWidth: () => 2,
      vLineWidth: () => 2,
      hLineColor: () => '#ffffff',
      vLineColor: () => '#ffffff',
    },
    margin: [0, 0, 0, 14],
  };
}

/** `#rrggbb` between two, at a fraction of the way. */
function mix(from: string, to: string, at: number): string {
  const part = (text: string, place: number): number =>
    Number.parseInt(text.slice(1 + place * 2, 3 + place * 2), 16);
  const parts = [0, 1, 2].map((place) =>
    Math.round(part(from, place) + (part(to, place) - part(from, place)) * at)
      .toString(16)
      .padStart(2, '0'),
  );
  return `#${parts.join('')}`;
}

const STEP_NAMES: Record<FunnelRow['step'], string> = {
  visited: 'Site visitors',
  opened: 'Widget opened',
  conversation: 'Conversation',
  clicked: 'Link or form',
  completed: 'Form completed',
};

/** Boxed steps with what passed between them, and the drop-off below. */
export const funnelBoxes = (rows: readonly FunnelRow[]): Content => ({
  columns: rows.map(({ step, sessions, pass_through, drop_off }, index) => ({
    width: '*',
    stack: [
      {
        table: {
          widths: ['*'],
          body: [
            [
              {
                stack: [
                  { text: STEP_NAMES[step], fontSize: 8, color: MUTED },
                  { text: count(sessions), fontSize: 15, bold: true, margin: [0, 3, 0, 3] },
                  {
                    text: index === 0 ? ' ' : `${percent(pass_through)} passed`,
                    ...{ fontSize: 8, color: ACCENT },
                  },
                ],
                margin: [6, 6, 4, 6],
              },
            ],
          ],
        },
        layout: {
          ...{ hLineWidth: () => 0.75, vLineWidth: () => 0.75 },
          ...{ hLineColor: () => LINE, vLineColor: () => LINE },
        },
      },
      {
        text: drop_off === null || drop_off === 0 ? ' ' : `−${percent(drop_off)}`,
        ...{ fontSize: 8, color: LOSS, alignment: 'center', margin: [0, 4, 0, 0] },
      },
    ],
  })),
  columnGap: 6,
  margin: [0, 0, 0, 14],
});
