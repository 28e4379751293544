import { preset } from '../../jest.preset.mjs';

const config = preset('apps/ingest');
// The event schemas are JSON modules.
config.transform['^.+\\.ts$'][1].jsc.experimental = { keepImportAttributes: true };

export default config;
