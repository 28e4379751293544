/** The pipeline, a gateway before it, and a website that sends there. */
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { rm } from 'node:fs/promises';
import { startStack, type Stack } from '../harness/stack.ts';
import { startGateway, type Gateway } from './gateway.ts';
import { startSite, type Site } from './site.ts';

export const TENANT = 'tracker-spec';

export interface Grounds {
  stack: Stack;
  gateway: Gateway;
  site: Site;
  stop(): Promise<void>;
}

export async function startGrounds(): Promise<Grounds> {
  const dir = join(tmpdir(), `picasso-tracker-${process.pid}`);
  const stack = await startStack({
    dir,
    tenants: [TENANT],
    sessionizers: 1,
    idleTimeoutMs: 30 * 60_000,
    withQuery: true,
    env: { REQUESTS_PER_MINUTE: '1000000' },
  });
  const gateway = await startGateway(stack.ingest.url);
  const site = await startSite({
    tenant: TENANT,
    writeKey: stack.tenants[0]!.write_key,
    endpoint: gateway.url,
  });
  return {
    stack,
    gateway,
    site,
    stop: async () => {
      await site.close();
      await gateway.close();
      await stack.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
