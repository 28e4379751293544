// Loaded before a built service: its errors name the lines that were written. `--enable-source-maps`
// would also read the maps of all packages, which then are a third of a service's heap.
import { setSourceMapsSupport } from 'node:module';

setSourceMapsSupport(true, { nodeModules: false });
