export { closeServer, endOnSignal } from './closing.ts';
export { EnvironmentError, readEnvironment, type Environment } from './environment.ts';
export {
  flag,
  fraction,
  httpUrl,
  integer,
  LOGGING,
  OBJECTS,
  objectsOf,
  port,
  STREAMS,
  streamsOf,
  TABLES,
  tablesOf,
  TELEMETRY,
  telemetryOf,
  type LogLevel,
  type ObjectsConfig,
  type StreamsConfig,
  type TablesConfig,
  type TelemetryConfig,
} from './variables.ts';
