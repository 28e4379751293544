/**
 * Puts ready-made validators in the place of `libs/contracts/src/compiled-schemas.ts`: 25 schemas
 * take ajv 0.2 s to compile, which a service would spend at every start.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import type { Plugin } from 'esbuild';
// Loaded by Node as it is, which knows no aliases.
// eslint-disable-next-line @nx/enforce-module-boundaries
import { AJV_OPTIONS } from '../../libs/contracts/src/ajv-options.ts';

const SCHEMAS = join(import.meta.dirname, '../../libs/contracts/schemas');
/** Of whole requests; those are opened by hand. */
const NOT_EVENTS = ['batch.json', 'envelope.json'];

interface Schema {
  $id: string;
}

/** @returns the code of a module that exports `VALIDATORS` */
export async function validatorsModule(): Promise<string> {
  const files = (await readdir(SCHEMAS)).filter((name) => !NOT_EVENTS.includes(name));
  const schemas = await Promise.all(
    files.map(async (name) => JSON.parse(await readFile(join(SCHEMAS, name), 'utf8')) as Schema),
  );
  const ajv = new Ajv({ ...AJV_OPTIONS, schemas, code: { source: true, esm: true } });
  const ids = Object.fromEntries(
    files.map((name, i) => [name.slice(0, -'.json'.length), schemas[i]!.$id]),
  );
  // ajv writes `require` for its own helpers, also into ES modules.
  const imports: string[] = [];
  const code = standalone
    .default(ajv, ids)
    .replace(/require\("([^"]+)"\)\.default/g, (_, path: string) => {
      const helper = `helper${imports.length}`;
      imports.push(`import ${helper} from '${path}.js';`);
      return `${helper}.default`;
    });
  const names = Object.keys(ids);
  return [...imports, code, `export const VALIDATORS = { ${names.join(', ')} };`].join('\n');
}

export const compiledSchemas: Plugin = {
  name: 'compiled-schemas',
  setup(build) {
    build.onLoad({ filter: /libs[\\/]contracts[\\/]src[\\/]compiled-schemas\.ts$/ }, async () => ({
      contents: await validatorsModule(),
      loader: 'js',
      resolveDir: import.meta.dirname,
    }));
  },
};
