/**
 * esbuild settings shared by the Nest services.
 *
 * esbuild does not emit decorator metadata, without which Nest injects `undefined` and its
 * ValidationPipe skips every check. Files with decorators therefore go through swc first.
 */
import { readFile } from 'node:fs/promises';
import { transform } from '@swc/core';
import { compiledSchemas } from './compiled-schemas.ts';

const DECORATOR = /^\s*@[A-Za-z]+/m;

/** @type {import('esbuild').Plugin} */
const decorators = {
  name: 'decorator-metadata',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes('/node_modules/')) return undefined;
      const source = await readFile(path, 'utf8');
      if (!DECORATOR.test(source)) return undefined;
      const { code } = await transform(source, {
        filename: path,
        sourceMaps: 'inline',
        swcrc: false,
        configFile: false,
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      });
      return { contents: code, loader: 'js' };
    });
  },
};

export default {
  sourcemap: 'linked',
  keepNames: true,
  outExtension: { '.js': '.js' },
  plugins: [compiledSchemas, decorators],
};
