/**
 * `npm run fuzz`: requests that are made up from the committed OpenAPI file, against the running
 * service with a demo tenant's data: no answer may be a server error, or other than described.
 */
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildServices } from '../harness/workspace.ts';
import { startDemoStack } from '../screenshots/demo-stack.ts';
import { fuzz, installSchemathesis, NoPythonError, type Tally } from './schemathesis.ts';

const USAGE = `npm run fuzz -- [options]
  --ci             the short version
  --examples N     requests made up for each operation (100; --ci: 5)
  --seed N         repeats a run
  --skip-build     run the services as they were built last`;

const ROLES = ['ops', 'admin'] as const;
/** Seconds of made-up requests, for each role. */
const CI_SECONDS = 15;

/** A token as the portal would have signed it: local mode hands them out. */
async function signIn(url: string, role: string, tenant: string): Promise<string> {
  const response = await fetch(`${url}/analytics/auth/local`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: new URL(url).origin },
    body: JSON.stringify({ role, ...(role !== 'ops' && { tenant_hash: tenant }) }),
  });
  const token = /^[^=]+=([^;]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1];
  if (!token) throw new Error(`signing in as ${role} was answered ${response.status}`);
  return token;
}

async function main(): Promise<Tally> {
  const { values } = parseArgs({
    options: {
      ci: { type: 'boolean', default: false },
      examples: { type: 'string' },
      seed: { type: 'string' },
      'skip-build': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    process.exit(0);
  }
  const command = await installSchemathesis();
  if (!values['skip-build']) buildServices();
  const dir = join(tmpdir(), `fuzz-${process.pid}`);
  const demo = await startDemoStack({ dir, conversations: 30, days: 8 });
  const tally: Tally = { passed: 0, failed: 0 };
  try {
    for (const role of ROLES) {
      console.log(`\n— as ${role}`);
      const found = await fuzz(command, {
        ...{ url: demo.url, role, token: await signIn(demo.url, role, demo.tenant) },
        examples: Number(values.examples ?? (values.ci ? 5 : 100)),
        maxSeconds: values.ci ? CI_SECONDS : undefined,
        seed: Number(values.seed ?? 20_261_122),
        env: { FUZZ_TENANT: demo.tenant, FUZZ_SESSION: demo.sessions.completed },
      });
      tally.passed += found.passed;
      tally.failed += found.failed;
    }
  } finally {
    await demo.stack.stop();
    for (const folder of [dir, `${dir}-objects`])
      await rm(folder, { recursive: true, force: true });
  }
  return tally;
}

try {
  const { passed, failed } = await main();
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
} catch (error) {
  if (!(error instanceof NoPythonError)) throw error;
  console.log(`skipped: the API is not fuzzed here: ${error.message}`);
  console.log('0 passed, 0 failed');
}
