/**
 * The house rules that a program can check. `tools/check/rules.spec.ts` shows for each of them
 * that it catches what it is there for.
 */
import { builtinModules } from 'node:module';
import js from '@eslint/js';
import { createProjectGraphAsync, readCachedProjectGraph } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import angular from 'angular-eslint';
import { defineConfig } from 'eslint/config';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { depConstraints } from './tools/check/layers.ts';

// Without a project graph on disk the boundary rule would skip every file with a mere warning.
try {
  readCachedProjectGraph();
} catch {
  await createProjectGraphAsync();
}

/** Specs, and the fixtures that they are built from. */
const SPECS = ['**/*.spec.ts', '**/*.integration-spec.ts', '**/*.e2e-spec.ts', '**/*.fixture.ts'];
const PURE = ['libs/contracts/src/**/*.ts', 'libs/domain/src/**/*.ts'];

// Options of one rule do not add up across blocks, the last one wins: these lists are composed.
const deepImports = {
  regex: String.raw`^\.\./\.\./\.\./`,
  message: 'Import other projects through their @picasso alias; keep folders shallow.',
};
const nodeImports = {
  regex: `^(node:.+|(${builtinModules.filter((name) => !name.startsWith('_')).join('|')})(/.*)?)$`,
  message: 'This library runs in browsers, too: no Node modules.',
};
const lateNodeImports = {
  selector: 'ImportExpression[source.value=/^node:/]',
  message: nodeImports.message,
};
const exportAll = {
  selector: 'ExportAllDeclaration',
  message: 'Name what you export: the list is the interface.',
};
const environment = [
  {
    selector: "MemberExpression[object.name='process'][property.name='env']",
    message: 'The environment is parsed once, in config.ts.',
  },
  {
    selector: 'ImportDeclaration[source.value=/^(node:)?process$/]',
    message: 'The environment is parsed once, in config.ts.',
  },
];
const clock = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Take `now` as an argument.',
  },
  {
    selector: "CallExpression[callee.name='Date']",
    message: 'Take `now` as an argument.',
  },
];

const boundaries = (/** @type {import('./tools/check/layers.ts').FileKind} */ kind) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    { enforceBuildableLibDependency: false, allow: [], depConstraints: depConstraints(kind) },
  ],
});

export default defineConfig(
  {
    ignores: [
      '**/node_modules/',
      '**/dist/',
      '.nx/',
      '.local/',
      '**/coverage/',
      'tmp/',
      '.angular/',
      // Written by a generator.
      'apps/admin/src/api/generated/',
      // Breaks the rules on purpose.
      'tools/check/fixtures/',
    ],
  },
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { '@nx': nx, 'import-x': importX },
    rules: {
      ...js.configs.recommended.rules,
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 400 }],
      // Looking for control characters is what our checks of input do.
      'no-control-regex': 'off',
      'no-restricted-imports': ['error', { patterns: [deepImports] }],
      'no-restricted-syntax': ['error', exportAll],
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        Buffer: 'readonly',
        console: 'readonly',
        fetch: 'readonly',
        process: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        AbortSignal: 'readonly',
        URL: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      ...boundaries('source'),
      'import-x/no-cycle': 'error',
      // `typeof import('…')` is how a declaration file speaks of another module.
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      // Ports are asynchronous even where one adapter has nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'all' },
      ],
      // Cannot tell a port's method from one that uses `this`; none of ours are passed around unbound.
      '@typescript-eslint/unbound-method': 'off',
      // Nest modules are empty classes with a decorator.
      '@typescript-eslint/no-extraneous-class': 'off',
    },
  },
  {
    files: ['apps/**/*.ts'],
    ignores: ['**/config.ts'],
    rules: { 'no-restricted-syntax': ['error', exportAll, ...environment] },
  },
  {
    files: ['apps/admin/src/**/*.ts'],
    extends: [angular.configs.tsRecommended],
    processor: angular.processInlineTemplates,
    rules: {
      '@angular-eslint/component-selector': [
        'error',
        { type: 'element', prefix: ['uja', 'ui', 'live'], style: 'kebab-case' },
      ],
      // Pages are called pages and views views; a suffix on each would say nothing more.
      '@angular-eslint/component-class-suffix': 'off',
      '@angular-eslint/prefer-on-push-component-change-detection': 'error',
      '@angular-eslint/prefer-signals': 'error',
    },
  },
  {
    files: ['apps/admin/src/**/*.html'],
    extends: [angular.configs.templateRecommended, angular.configs.templateAccessibility],
    rules: { 'max-lines': ['error', { max: 400 }] },
  },
  {
    files: PURE,
    ignores: SPECS,
    rules: {
      'no-restricted-imports': ['error', { patterns: [deepImports, nodeImports] }],
      'no-restricted-globals': [
        'error',
        ...[
          'process',
          'Buffer',
          'global',
          'require',
          'setImmediate',
          '__dirname',
          '__filename',
        ].map((name) => ({ name, message: 'This library runs in browsers, too.' })),
      ],
      'no-restricted-syntax': ['error', exportAll, lateNodeImports],
    },
  },
  {
    files: ['libs/domain/src/**/*.ts'],
    ignores: SPECS,
    rules: {
      'no-restricted-syntax': ['error', exportAll, lateNodeImports, ...clock],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Take `now` as an argument.' },
        { object: 'Math', property: 'random', message: 'Domain functions are deterministic.' },
        { object: 'performance', property: 'now', message: 'Take `now` as an argument.' },
      ],
    },
  },
  {
    files: ['libs/*/generate-*.ts'],
    rules: boundaries('generator'),
  },
  {
    files: SPECS,
    rules: {
      ...boundaries('spec'),
      // Answers of HTTP calls and mocks are `any`; a spec that reads a wrong field fails anyway.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
