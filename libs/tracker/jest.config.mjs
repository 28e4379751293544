import { preset } from '../../jest.preset.mjs';

const config = preset('libs/tracker');
// Specs hold what is sent against the contract's schemas, which are JSON modules.
config.transform['^.+\\.ts$'][1].jsc.experimental = { keepImportAttributes: true };
// The build puts it in.
config.globals = { SDK_VERSION: '0.0.0' };

export default config;
