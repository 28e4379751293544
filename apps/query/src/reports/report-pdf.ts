import { createRequire } from 'node:module';
import { join } from 'node:path';
import pdfmake from 'pdfmake';
import type { TDocumentDefinitions } from 'pdfmake/interfaces.js';
import { COLOURS, WIDTH } from './blocks.ts';
import { CONTENT, TITLES, type Dashboard, type ReportData } from './dashboards.ts';

const FONTS = join(
  createRequire(import.meta.url).resolve('pdfmake/package.json'),
  '../fonts/Roboto',
);
const Roboto = {
  normal: join(FONTS, 'Roboto-Regular.ttf'),
  bold: join(FONTS, 'Roboto-Medium.ttf'),
  italics: join(FONTS, 'Roboto-Italic.ttf'),
  bolditalics: join(FONTS, 'Roboto-MediumItalic.ttf'),
};
const FONT_FILES = new Set(Object.values(Roboto));
pdfmake.addFonts({ Roboto });
// A report is made of figures and the fonts here; nothing else is ever fetched.
pdfmake.setLocalAccessPolicy((path) => FONT_FILES.has(path));
pdfmake.setUrlAccessPolicy(() => false);

/** One dashboard of one range on A4 pages. */
export function reportPdf(dashboard: Dashboard, data: ReportData): Promise<Buffer> {
  const { tenant, meta } = data;
  const compared = meta.compared_with;
  const document: TDocumentDefinitions = {
    pageSize: 'A4',
    pageMargins: [40, 44, 40, 48],
    info: { title: `${TITLES[dashboard]}: ${tenant.name}, ${meta.from} to ${meta.to}` },
    defaultStyle: { font: 'Roboto', fontSize: 10, color: COLOURS.INK },
    content: [
      {
        columns: [
          {
            stack: [
              { text: TITLES[dashboard], fontSize: 22, bold: true },
              { text: tenant.name, color: COLOURS.MUTED, margin: [0, 2, 0, 0] },
            ],
          },
          {
            width: 'auto',
            alignment: 'right',
            stack: [
              { text: `${meta.from} – ${meta.to}`, bold: true },
              {
                text: compared
                  ? `compared with ${compared.from} – ${compared.to}`
                  : 'no period before to compare with',
                ...{ fontSize: 8, color: COLOURS.MUTED, margin: [0, 3, 0, 0] },
              },
            ],
          },
        ],
      },
      {
        canvas: [{ type: 'rect', x: 0, y: 0, w: WIDTH, h: 2, color: COLOURS.ACCENT }],
        margin: [0, 10, 0, 14],
      },
      ...CONTENT[dashboard](data),
    ],
    footer: (page, pages) => ({
      columns: [
        { text: freshness(data), alignment: 'left', width: '*' },
        { text: `${page} / ${pages}`, alignment: 'right', width: 40 },
      ],
      ...{ fontSize: 7, color: COLOURS.MUTED, margin: [40, 14, 40, 0] },
    }),
  };
  return pdfmake.createPdf(document).getBuffer();
}

function freshness({ meta }: ReportData): string {
  const open = meta.partial.length;
  const days = open === 1 ? 'One day' : `${open} days`;
  return [
    `Figures of ${meta.as_of.slice(0, 16).replace('T', ' ')} UTC, days in ${meta.time_zone}.`,
    open === 0 ? 'All days are complete.' : `${days} may still change.`,
  ].join(' ');
}
