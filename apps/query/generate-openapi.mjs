/**
 * Writes `openapi.json` from the controllers. Run it after a change of the API and commit the
 * result: `nx run query:openapi`. A spec fails while the file and the service differ.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { format } from 'prettier';
import settings from '../../tools/build/esbuild.config.mjs';

const here = import.meta.dirname;
// Inside the workspace, so that the bundle finds its packages.
const folder = await mkdtemp(join(here, '../../node_modules/.openapi-'));
try {
  const outfile = join(folder, 'document.mjs');
  await build({
    ...settings,
    entryPoints: [join(here, 'src/openapi-document.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    tsconfig: join(here, '../../tsconfig.base.json'),
  });
  const { openApiDocument } = await import(pathToFileURL(outfile).href);
  const text = JSON.stringify(await openApiDocument());
  await writeFile(join(here, 'openapi.json'), await format(text, { parser: 'json' }));
} finally {
  await rm(folder, { recursive: true });
}
