import { join } from 'node:path';
import presets from 'jest-preset-angular/presets/index.js';
import { preset } from '../../jest.preset.mjs';

const base = preset('apps/admin');
const { moduleNameMapper, testMatch, testTimeout, displayName, rootDir } = base;

/** Unit specs may draw components, in jsdom; the others drive a browser from Node. */
export default process.env.SUITE === 'integration' || process.env.SUITE === 'e2e'
  ? base
  : {
      ...presets.createEsmPreset({ tsconfig: join(rootDir, 'tsconfig.spec.json') }),
      displayName,
      rootDir,
      testMatch,
      testTimeout,
      testEnvironment: 'jest-preset-angular/environments/jest-jsdom-env',
      moduleNameMapper: { ...moduleNameMapper, '^tslib$': 'tslib/tslib.es6.js' },
      setupFilesAfterEnv: [join(rootDir, 'jest.setup.ts')],
    };
