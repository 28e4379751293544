/**
 * Writes `schemas/*.json` from the DTOs.
 *
 *   TSX_TSCONFIG_PATH=tsconfig.base.json node --import tsx libs/contracts/generate-schemas.ts
 *
 * (`nx generate-schemas contracts`; tsx reads from that file that decorators are the legacy ones.)
 * A spec fails when the committed files differ from what this writes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { jsonSchemas } from './src/json-schemas.ts';

const folder = join(import.meta.dirname, 'schemas');
mkdirSync(folder, { recursive: true });
for (const [name, schema] of Object.entries(jsonSchemas())) {
  const text = await format(JSON.stringify(schema), { parser: 'json', printWidth: 100 });
  writeFileSync(join(folder, `${name}.json`), text);
}
