/** `npm start`: the whole product on this machine, until Ctrl-C or `npm stop`. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { startAggregator, type AggregatorSettings } from '../harness/aggregator.ts';
import { writeJson } from '../local/json-file.ts';
import { startDemoSite } from '../demo-site/server.ts';
import { localPaths } from '../local/paths.ts';
import { endRun, isUp, readRun, RunRecorder } from '../local/run-record.ts';
import { describeEndpoints, type Endpoints } from '../local/secrets.ts';
import { bringDemo } from './demo.ts';
import { aggregatorLog, Jobs } from './jobs.ts';
import { parseStartOptions, USAGE, type StartOptions } from './options.ts';
import { assertPortsFree } from './ports.ts';
import { Progress } from './progress.ts';
import { startStack, stackUrls } from './stack.ts';
import { Supervisor } from './supervisor.ts';
import { describeRunning, welcome } from './welcome.ts';

const paths = localPaths();
const say = (line: string): void => console.log(line);

/** A website with a chat widget, as the first of the demo's tenants; ends with this process. */
async function serveSite(endpoints: Endpoints, port: number): Promise<string | undefined> {
  const [tenant] = endpoints.tenants;
  if (!tenant) return undefined;
  const { url } = await startDemoSite({
    port,
    tenant,
    token: endpoints.tokens[tenant.tenant_hash]?.admin ?? '',
    ingestUrl: endpoints.ingest_url,
    queryUrl: endpoints.query_url,
  });
  return url;
}

/** Starts everything; `whenStopping` is called with what undoes it as soon as there is anything. */
async function start(
  options: StartOptions,
  whenStopping: (stop: () => Promise<void>) => AbortSignal,
): Promise<void> {
  const progress = new Progress(say);
  const left = readRun(paths.run);
  const ended = left ? await endRun(left) : [];
  if (ended.length > 0) say(`  ended what a killed run had left behind: ${ended.join(', ')}`);
  rmSync(paths.endpoints, { force: true });
  await assertPortsFree(options.ports);

  const urls = stackUrls(options.ports);
  const recorder = new RunRecorder(paths.run, urls);
  const supervisor = new Supervisor({ say, onStarted: (name, pid) => recorder.started(name, pid) });
  const aggregator: AggregatorSettings = {
    engines: urls,
    logFile: aggregatorLog(paths.logs),
    env: { LOG_LEVEL: 'info' },
  };
  const onStarted = (pid: number): void => recorder.started('jobs', pid);
  const jobs = new Jobs({ aggregator, say, onStarted });
  const stopping = whenStopping(async () => {
    rmSync(paths.endpoints, { force: true });
    await jobs.stop();
    await supervisor.stop();
    recorder.clear();
  });

  const { ports, idleMs } = options;
  await startStack({ paths, ports, idleMs, supervisor, progress });
  const described = () =>
    describeEndpoints(paths, {
      ingest_url: urls.ingest,
      query_url: urls.query,
      // Console and API share one origin.
      console_url: urls.query,
    });
  if (!options.empty) {
    const { visits } = options;
    await bringDemo({ paths, urls, described, progress, aggregator, visits, signal: stopping });
  }
  const endpoints = await described();
  stopping.throwIfAborted();
  await supervisor.run('erasures', () => startAggregator(['erase', '--work'], aggregator));
  jobs.start();
  writeJson(paths.endpoints, endpoints);
  const site = options.empty ? undefined : await serveSite(endpoints, ports.site);
  const file = relative(process.cwd(), paths.endpoints);
  say(welcome({ endpoints, site, file, took: progress.total(), options }));
}

async function main(): Promise<void> {
  const options = parseStartOptions(process.argv.slice(2));
  if (options.help) return say(USAGE);
  const running = readRun(paths.run);
  if (isUp(running)) return say(describeRunning(running, existsSync(paths.endpoints)));
  mkdirSync(paths.dir, { recursive: true });

  const stopping = new AbortController();
  let stop = async (): Promise<void> => {};
  const end = async (code: number): Promise<never> => {
    stopping.abort(new Error('stopping'));
    await stop();
    process.exit(code);
  };
  const onRequest = (): void => {
    if (stopping.signal.aborted) return;
    say('\nEnding everything; the data stays …');
    void end(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onRequest);
  // The way in (bootstrap) is gone: nobody could end us with Ctrl-C any more.
  process.on('disconnect', onRequest);
  // A terminal that was closed must not keep us from ending in order.
  process.stdout.on('error', () => undefined);

  try {
    await start(options, (how) => {
      stop = how;
      return stopping.signal;
    });
  } catch (error) {
    // Everything fails once the processes are being ended; that has its own end.
    if (stopping.signal.aborted) return;
    console.error(`\n${(error as Error).message}`);
    await end(1);
  }
}

await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
