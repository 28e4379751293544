import { beforeAll, describe, expect, it } from '@jest/globals';
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Files of these cases exist in memory only, where no type information is to be had. */
const virtual = new ESLint({
  cwd: root,
  overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }],
});
const onDisk = new ESLint({ cwd: root, ignore: false });

/** Rules that speak up about `code` if it stood at `path`; the import itself is always used. */
async function complaints(path: string, code: string): Promise<string[]> {
  const [result] = await virtual.lintText(code, { filePath: `${root}${path}` });
  const messages = result?.messages ?? [];
  expect(messages.filter((message) => message.fatal)).toEqual([]);
  return messages.map((message) => message.ruleId ?? '');
}

const use = (specifier: string): string => `import * as it from '${specifier}';\nvoid it;\n`;

const BOUNDARIES = '@nx/enforce-module-boundaries';
const APP = 'apps/ingest/src/imagined.ts';
const CONTRACTS = 'libs/contracts/src/imagined.ts';
const DOMAIN = 'libs/domain/src/imagined.ts';
const SPEC = 'apps/ingest/src/imagined.spec.ts';

describe('module boundaries', () => {
  // The rule works on the graph that is on disk; it must be the present one. The first file loads
  // every plugin, which takes seconds on a busy machine.
  beforeAll(async () => {
    await createProjectGraphAsync();
    await complaints(APP, '');
  }, 60_000);

  it.each([
    ['app → engines', APP, '@picasso/engines'],
    ['app → testing', APP, '@picasso/testing'],
    ['app → app', APP, '../../query/src/main.ts'],
    ['messaging → storage', 'libs/messaging/src/imagined.ts', '@picasso/storage'],
    ['storage → messaging', 'libs/storage/src/imagined.ts', '@picasso/messaging'],
    ['telemetry → messaging', 'libs/telemetry/src/imagined.ts', '@picasso/messaging'],
    ['domain → storage', DOMAIN, '@picasso/storage'],
    ['domain → rxjs', DOMAIN, 'rxjs'],
    ['contracts → domain', CONTRACTS, '@picasso/domain'],
    ['contracts → rxjs', CONTRACTS, 'rxjs'],
    ['contracts → prettier', CONTRACTS, 'prettier'],
    ["a contract's generator → rxjs", 'libs/contracts/generate-x.ts', 'rxjs'],
    ['engines → domain', 'libs/engines/src/imagined.ts', '@picasso/domain'],
    ['tool → testing', 'tools/imagined.ts', '@picasso/testing'],
    ['lib by relative path', 'libs/storage/src/imagined.ts', '../../domain/src/index.ts'],
    ["a contract's spec → rxjs", 'libs/contracts/src/imagined.spec.ts', 'rxjs'],
  ])('refuses %s', async (_name, path, specifier) => {
    expect(await complaints(path, use(specifier))).toContain(BOUNDARIES);
  });

  it.each([
    ['app → messaging', APP, '@picasso/messaging'],
    ['app → contracts, by a sub-entry', APP, '@picasso/contracts/events'],
    ['messaging → telemetry', 'libs/messaging/src/imagined.ts', '@picasso/telemetry'],
    ['domain → contracts', DOMAIN, '@picasso/contracts'],
    ['contracts → ajv', CONTRACTS, 'ajv'],
    ['testing → engines', 'libs/testing/src/imagined.ts', '@picasso/engines'],
    ["an app's spec → testing", SPEC, '@picasso/testing'],
    ["a contract's spec → fast-check", 'libs/contracts/src/imagined.spec.ts', 'fast-check'],
    ["a contract's generator → prettier", 'libs/contracts/generate-x.ts', 'prettier'],
    ['tool → engines', 'tools/imagined.ts', '@picasso/engines'],
  ])('allows %s', async (_name, path, specifier) => {
    expect(await complaints(path, use(specifier))).toEqual([]);
  });
});

describe('other rules', () => {
  it.each([
    ['node: in contracts', CONTRACTS, use('node:fs'), 'no-restricted-imports'],
    ['a bare Node module in domain', DOMAIN, use('fs/promises'), 'no-restricted-imports'],
    [
      'node: in domain, imported late',
      DOMAIN,
      "export const fs = import('node:fs');\n",
      'no-restricted-syntax',
    ],
    ['process in contracts', CONTRACTS, 'void process.pid;\n', 'no-restricted-globals'],
    ['Buffer in domain', DOMAIN, 'void Buffer;\n', 'no-restricted-globals'],
    ['a clock in domain', DOMAIN, 'void Date.now();\n', 'no-restricted-properties'],
    ['a clock in domain, as `new Date()`', DOMAIN, 'void new Date();\n', 'no-restricted-syntax'],
    ['chance in domain', DOMAIN, 'void Math.random();\n', 'no-restricted-properties'],
    ['process.env in an app', APP, 'void process.env.PORT;\n', 'no-restricted-syntax'],
    ['process.env by import', APP, use('node:process'), 'no-restricted-syntax'],
    ['three folders up', 'apps/ingest/src/a/b/c.ts', use('../../../x.ts'), 'no-restricted-imports'],
    ['export *', APP, "export * from './config.ts';\n", 'no-restricted-syntax'],
    ['a file of 401 lines', APP, 'void 0;\n'.repeat(401), 'max-lines'],
    [
      'a type imported as a value',
      APP,
      "import { Tenant } from '@picasso/contracts';\nexport type T = Tenant;\n",
      '@typescript-eslint/consistent-type-imports',
    ],
  ])('refuse %s', async (_name, path, code, rule) => {
    expect(await complaints(path, code)).toContain(rule);
  });

  it.each([
    ['process.env in config.ts', 'apps/ingest/src/config.ts', 'void process.env.PORT;\n'],
    ['a date from a number in domain', DOMAIN, 'void new Date(0);\n'],
    ['a file of 400 lines', APP, 'void 0;\n'.repeat(400)],
    ['Node modules in a spec of domain', 'libs/domain/src/x.spec.ts', use('node:fs')],
  ])('allow %s', async (_name, path, code) => {
    expect(await complaints(path, code)).toEqual([]);
  });

  it.each([
    ['an import cycle', 'tools/check/fixtures/cycle/ping.ts', 'import-x/no-cycle'],
    [
      'a promise nobody waits for',
      'tools/check/fixtures/floating.ts',
      '@typescript-eslint/no-floating-promises',
    ],
  ])(
    'refuse %s',
    async (_name, path, rule) => {
      const [result] = await onDisk.lintFiles(path);
      expect(result?.messages.map((message) => message.ruleId)).toContain(rule);
    },
    60_000,
  );
});
