/** `npm run bench`: what is promised about speed and cost, measured. */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildServices, SERVICES } from '../harness/workspace.ts';
import { visitLibrary } from '../load/visits.ts';
import { benchAggregate } from './aggregate.ts';
import { isMet, markdown, type Section } from './figures.ts';
import { benchIngest } from './ingest.ts';
import { benchLatency } from './latency.ts';
import { describeMachine } from './machine.ts';
import { benchPipeline } from './pipeline.ts';
import { benchQuery } from './query.ts';
import type { BenchSettings } from './settings.ts';
import { startTraceSink } from './trace-sink.ts';
import { benchWriteUnits } from './write-units.ts';

const PARTS: Record<string, (settings: BenchSettings) => Promise<Section | Section[]>> = {
  ingest: benchIngest,
  pipeline: benchPipeline,
  latency: benchLatency,
  units: benchWriteUnits,
  aggregate: benchAggregate,
  query: benchQuery,
};

const USAGE = `npm run bench -- [${Object.keys(PARTS).join('|')}] … [options]      default: all parts
  --minutes N       latency: length of the run (10)
  --rounds N        ingest: rounds of each of the two; query: cold starts (5)
  --seconds N       ingest: length of a round (8)
  --from N --step N pipeline: first rate and how it is raised, events/s (1100, 100)
  --sessions N      units: only the first N sessions (all); query: of the tenant (45000)
  --tenants N       aggregate: with 500 sessions each (500)
  --sync-always     nats-server syncs its files before every acknowledgement
  --sampling SHARE  of requests that are traced (0.01); 0 turns tracing off
  --profile DIR     every service leaves a CPU profile there (the figures are lower then)
  --json FILE       the figures as JSON, too`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '8' },
    from: { type: 'string', default: '1100' },
    step: { type: 'string', default: '100' },
    sessions: { type: 'string', default: 'Infinity' },
    tenants: { type: 'string', default: '500' },
    'sync-always': { type: 'boolean', default: false },
    sampling: { type: 'string', default: '0.01' },
    profile: { type: 'string' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

type NumberOption =
  'minutes' | 'rounds' | 'seconds' | 'from' | 'step' | 'sessions' | 'tenants' | 'sampling';

const number = (name: NumberOption): number => {
  const value = Number(values[name]);
  if (!(value >= 0)) throw new Error(`--${name} must be a number\n${USAGE}`);
  return value;
};

async function main(): Promise<number> {
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const unknown = positionals.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) throw new Error(`there is no part "${unknown}"\n${USAGE}`);
  const wanted = positionals.length > 0 ? positionals : Object.keys(PARTS);

  buildServices(SERVICES);
  const sampling = number('sampling');
  const sink = await startTraceSink();
  const settings: BenchSettings = {
    library: await visitLibrary(),
    syncAlways: values['sync-always'],
    sampling: sampling > 0 ? `tracing with sampling ${sampling}` : 'tracing off',
    serviceEnv: {
      ...(sampling > 0 && {
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        TRACE_SAMPLING: String(sampling),
      }),
      ...(values.profile && {
        NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(values.profile)}`,
      }),
    },
    rounds: number('rounds'),
    roundSeconds: number('seconds'),
    fromRate: number('from'),
    stepRate: number('step'),
    minutes: number('minutes'),
    sessions: number('sessions'),
    tenants: number('tenants'),
    note: (line) => console.error(`  ${line}`),
  };
  const machine = describeMachine();
  console.log(`${new Date().toISOString().slice(0, 10)}, ${machine}\n`);
  const sections: Section[] = [];
  for (const name of wanted) {
    console.error(`${name} …`);
    const made = [await PARTS[name]!(settings)].flat();
    sections.push(...made);
    for (const section of made) console.log(`${markdown(section)}\n`);
  }
  await sink.close();
  if (values.json) await writeFile(values.json, JSON.stringify({ machine, sections }, null, 2));
  const goals = sections.flatMap((section) => section.goals);
  const met = goals.filter(isMet).length;
  console.log(`${met} of ${goals.length} goals met`);
  return met === goals.length ? 0 : 1;
}

process.exitCode = await main();
