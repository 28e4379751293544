export {
  EngineStartError,
  freePort,
  spawnChild,
  type Child,
  type Engine,
  type Exit,
} from './engine-process.ts';
export { cacheDir } from './nats-binary.ts';
export { startNats, type NatsEngine, type NatsOptions } from './nats-server.ts';
export { startObjects, type ObjectsOptions } from './objects.ts';
export { startTables, type TablesOptions } from './tables.ts';
export { startVersitygw, VERSITYGW_CREDENTIALS, type VersitygwOptions } from './versitygw.ts';
