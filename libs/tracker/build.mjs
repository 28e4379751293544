/**
 * `nx build tracker`: the package as it is published, in `dist/libs/tracker`.
 *
 * - `index.js`, `index.d.ts`: for bundlers, readable, with the payload types of the contract inside;
 * - `picasso-tracker.js`: for a script tag. It has to stay small, and the build fails where it does not.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { minify } from '@swc/core';
import { generateDtsBundle } from 'dts-bundle-generator';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const LIMIT_BYTES = 5_000;
/**
 * Properties that neither leave the script (wire, storage, public interface) nor belong to the
 * browser: they may get short names in the script build.
 */
const INTERNAL = [
  'active',
  'adopt',
  'bytes',
  'claim',
  'connect',
  'current',
  'guard',
  'hold',
  'keep',
  'listen',
  'next',
  'notify',
  'onActive',
  'options',
  'prefix',
  'release',
  'remove',
  'report',
  'restore',
  'retryAfter',
  'sending',
  'stored',
  'take',
  'touch',
];

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');
const OUT = join(ROOT, 'dist/libs/tracker');
const manifest = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8'));

const bundle = async (entry, options) => {
  const { outputFiles } = await build({
    entryPoints: [join(HERE, 'src', entry)],
    tsconfig: join(HERE, 'tsconfig.json'),
    bundle: true,
    write: false,
    platform: 'browser',
    // What is newer than this (`keepalive` in Firefox, say) is done without where it is missing.
    target: 'es2021',
    define: { SDK_VERSION: JSON.stringify(manifest.version) },
    ...options,
  });
  return outputFiles[0].text;
};

/** swc's names compress better than esbuild's by a twentieth, and best those that it gives to those. */
const scriptBuild = async () => {
  const mangleProps = new RegExp(`^(${INTERNAL.join('|')})$`);
  const code = await bundle('script.ts', { format: 'iife', mangleProps, minifyIdentifiers: true });
  const { code: small } = await minify(code.replace('"use strict";', ''), {
    ecma: 2021,
    compress: { passes: 2, toplevel: true },
    mangle: { toplevel: true },
  });
  return `${small}\n`;
};

const typesBuild = () => {
  const [types] = generateDtsBundle(
    [
      {
        filePath: join(HERE, 'src/index.ts'),
        libraries: { inlinedLibraries: ['@picasso/contracts'] },
        output: { noBanner: true, exportReferencedTypes: false },
      },
    ],
    { preferredConfigPath: join(HERE, 'tsconfig.json') },
  );
  return types;
};

const files = {
  'index.js': await bundle('index.ts', { format: 'esm' }),
  'index.d.ts': typesBuild(),
  'picasso-tracker.js': await scriptBuild(),
};
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
for (const [name, text] of Object.entries(files)) writeFileSync(join(OUT, name), text);
copyFileSync(join(HERE, 'package.json'), join(OUT, 'package.json'));
copyFileSync(join(HERE, 'README.md'), join(OUT, 'README.md'));
copyFileSync(join(ROOT, 'LICENSE'), join(OUT, 'LICENSE'));

const bytes = gzipSync(files['picasso-tracker.js'], { level: 9 }).length;
console.log(`picasso-tracker.js: ${bytes} bytes gzipped of at most ${LIMIT_BYTES}`);
if (bytes > LIMIT_BYTES) process.exitCode = 1;

const { messages } = await publint({ pkgDir: OUT, strict: true });
for (const message of messages) console.log(`publint: ${formatMessage(message, manifest)}`);
if (messages.length > 0) process.exitCode = 1;
