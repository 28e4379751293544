import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { REJECTIONS } from '@picasso/contracts';
import { openBatch, parseBatch } from '@picasso/contracts/validation';
import { STATUS } from './http/problem.ts';

const text = readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8');
/** Without the padding of table cells. */
const tables = text.replaceAll(/ {2,}/g, ' ');

describe('docs/events.md', () => {
  it('lists every rejection code as it is', () => {
    const rows = Object.entries(REJECTIONS).map(
      ([code, { text: reason, where }]) => `| \`${code}\` | ${reason} | ${where} |`,
    );
    expect(tables).toContain(rows.join('\n'));
  });

  it('lists every refusal of a whole request', () => {
    const rows = [...tables.matchAll(/^\| (\d{3}) \| `(\w+)` \|/gm)].map(([, status, code]) => [
      code,
      Number(status),
    ]);
    expect(Object.fromEntries(rows)).toEqual(STATUS);
  });

  it('shows only events that are accepted', () => {
    const shown = [...text.matchAll(/```json\n(.*?)```|-d '(\{.*?\n\})'/gs)].map(([, json, curl]) =>
      (json ?? curl ?? '').replace(/'"\$\(date [^)]*\)"'/g, '2026-11-22T14:30:00Z'),
    );
    expect(shown).toHaveLength(4);
    for (const example of shown) {
      const batch = openBatch(JSON.parse(example));
      if ('error' in batch) throw new Error(batch.message);
      const { slices, rejected } = parseBatch(batch, {
        grant: {
          tenant_hash: 'fo85e6a06dcdf4',
          origin: example.includes('QA_COMPLETE') ? 'server' : 'browser',
        },
        received_ms: Date.parse('2026-11-22T14:30:05Z'),
        sha256: () => 'f'.repeat(64),
      });
      expect(rejected).toEqual([]);
      expect(slices).toHaveLength(1);
    }
  });
});
