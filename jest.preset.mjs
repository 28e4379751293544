/**
 * One Jest preset for every project.
 *
 * SUITE picks the kind of spec by its suffix: `unit` (pure and fast), `integration` (one real
 * engine), `e2e` (whole apps). TypeScript goes through swc, which does not check types: the
 * `typecheck` target does.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const SUFFIX = { unit: 'spec', integration: 'integration-spec', e2e: 'e2e-spec' };
const suite = process.env.SUITE ?? 'unit';
if (!(suite in SUFFIX)) throw new Error(`SUITE must be one of ${Object.keys(SUFFIX).join(', ')}`);

/** Milliseconds that one test may take. */
export const testTimeout = { unit: 10_000, integration: 60_000, e2e: 240_000 }[suite];

/** @param {string} project the project's folder, relative to the workspace */
export const preset = (project) => ({
  displayName: project.replace(/^(apps|libs)\//, ''),
  rootDir: join(root, project),
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^@picasso/([^/]+)$': join(root, 'libs/$1/src/index.ts'),
    '^@picasso/([^/]+)/(.+)$': join(root, 'libs/$1/src/$2.ts'),
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          // The event schemas are JSON modules.
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  setupFiles: ['reflect-metadata'],
  testMatch: [`<rootDir>/**/*.${SUFFIX[suite]}.ts`],
  testTimeout,
});
