/** All projects in one run: `SUITE=unit|integration|e2e jest`. */
import { testTimeout } from './jest.preset.mjs';

export default {
  projects: ['<rootDir>/{apps,libs}/*/jest.config.mjs', '<rootDir>/{load,tools}/jest.config.mjs'],
  testTimeout,
};
