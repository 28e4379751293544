import { join } from 'node:path';
import presets from 'jest-preset-angular/presets/index.js';
import { preset } from '../../jest.preset.mjs';

const { moduleNameMapper, testMatch, testTimeout, displayName, rootDir } = preset('apps/admin');

/** As every project's, but Angular compiles, and components can be drawn in jsdom. */
export default {
  ...presets.createEsmPreset({ tsconfig: join(rootDir, 'tsconfig.spec.json') }),
  displayName,
  rootDir,
  testMatch,
  testTimeout,
  testEnvironment: 'jest-preset-angular/environments/jest-jsdom-env',
  moduleNameMapper: { ...moduleNameMapper, '^tslib$': 'tslib/tslib.es6.js' },
  setupFilesAfterEnv: [join(rootDir, 'jest.setup.ts')],
};
