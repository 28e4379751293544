import { describe, expect, it } from '@jest/globals';
import { missingOptionals, platformOf } from './lockfile.mjs';

describe('platformOf', () => {
  it.each([
    ['@swc/core-win32-ia32-msvc', { os: ['win32'], cpu: ['ia32'] }],
    ['@swc/core-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'] }],
    ['@unrs/resolver-binding-darwin-arm64', { os: ['darwin'], cpu: ['arm64'] }],
    ['@example/binding-wasm32-wasi', {}],
    ['fsevents', {}],
  ])('%s', (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });
});

describe('missingOptionals', () => {
  it('adds what an entry wants and no entry provides', () => {
    const packages = {
      'node_modules/core': {
        dev: true,
        optionalDependencies: { 'core-linux-x64': '1.2.3', 'core-darwin-arm64': '1.2.3' },
      },
      'node_modules/core-linux-x64': { version: '1.2.3' },
    };
    expect(missingOptionals({ packages })).toEqual([
      {
        path: 'node_modules/core-darwin-arm64',
        entry: { version: '1.2.3', os: ['darwin'], cpu: ['arm64'], dev: true, optional: true },
      },
    ]);
  });

  it('finds a package in the folders where Node would', () => {
    const packages = {
      'node_modules/a/node_modules/core': { optionalDependencies: { x: '1.0.0' } },
      'node_modules/a/node_modules/x': { version: '1.0.0' },
    };
    expect(missingOptionals({ packages })).toEqual([]);
  });

  it('keeps two versions of one package apart', () => {
    const packages = {
      'node_modules/core': { optionalDependencies: { x: '1.0.0' } },
      'node_modules/a/node_modules/core': { optionalDependencies: { x: '2.0.0' } },
    };
    expect(missingOptionals({ packages }).map(({ path }) => path)).toEqual([
      'node_modules/x',
      'node_modules/a/node_modules/core/node_modules/x',
    ]);
  });

  it('leaves a range alone: no version can be known without a registry', () => {
    const packages = { 'node_modules/a': { optionalDependencies: { x: '>=1' } } };
    expect(missingOptionals({ packages })).toEqual([]);
  });
});
