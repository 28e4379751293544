import type { VisitLibrary } from '../load/visits.ts';

/** What all parts of a benchmark share. */
export interface BenchSettings {
  library: VisitLibrary;
  syncAlways: boolean;
  /** For people: what is traced. */
  sampling: string;
  /** Environment of the services that makes it so, and has them profiled if wanted. */
  serviceEnv: Record<string, string>;
  /** ingest: rounds of each of the two, and their length. */
  rounds: number;
  roundSeconds: number;
  /** pipeline: first rate to try and by how much to raise it, events per second. */
  fromRate: number;
  stepRate: number;
  /** latency: length of the run. */
  minutes: number;
  /** units: sessions to replay; Infinity for all. */
  sessions: number;
  /** aggregate: tenants. */
  tenants: number;
  /** Told what happens meanwhile. */
  note: (line: string) => void;
}
