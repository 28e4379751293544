/** A tenant as large as any, one small, and a query service that can begin anew. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localDay } from '@picasso/domain';
import { freePort } from '@picasso/engines';
import { SiteTrafficStore, TenantStore, type Tables } from '@picasso/storage';
import { SignJWT } from 'jose';
import { bigSite, importBigTenant } from '../demo/big-tenant.ts';
import { runAggregator } from '../harness/aggregator.ts';
import { Service } from '../harness/service.ts';
import { startEngines, type BenchEngines } from './engines.ts';
import { describeDisk } from './machine.ts';
import { Requests } from './requests.ts';
import type { BenchSettings } from './settings.ts';

export const BIG = 'bench-big';
/** Answers first, so that the code is warm and no figure of the big one is. */
export const SMALL = 'bench-small';
const SMALL_SESSIONS = 200;
export const DAYS = 90;
const ANALYTICS_LATE_MS = 2 * 86_400_000;

export class QueryWorld {
  private constructor(
    private readonly dir: string,
    private readonly engines: BenchEngines,
    readonly service: Service,
    private readonly secret: Uint8Array,
    /** What the engines' files lie on. */
    readonly disk: string,
  ) {}

  /** @param bigSessions of the big tenant, over {@link DAYS} days, imported and aggregated */
  static async open(settings: BenchSettings, bigSessions: number): Promise<QueryWorld> {
    const dir = await mkdtemp(join(tmpdir(), 'picasso-bench-query-'));
    const disk = describeDisk(dir);
    const engines = await startEngines(dir);
    const secret = randomBytes(32);
    const service = new Service({
      name: 'query',
      app: 'query',
      port: await freePort(),
      env: {
        ...settings.serviceEnv,
        NATS_URL: engines.urls.nats,
        DYNAMODB_ENDPOINT: engines.urls.tables,
        S3_ENDPOINT: engines.urls.objects,
        AWS_REGION: 'us-east-1',
        LOG_LEVEL: 'warn',
        LOCAL_MODE: '1',
        NODE_ENV: 'production',
        JWT_SECRET: Buffer.from(secret).toString('hex'),
        REQUESTS_PER_MINUTE: '1000000',
      },
      logFile: join(dir, 'logs/query.log'),
    });
    const world = new QueryWorld(dir, engines, service, secret, disk);
    try {
      for (const [tenant, sessions] of [
        [SMALL, SMALL_SESSIONS],
        [BIG, bigSessions],
      ] as const) {
        if (sessions > 0) await world.fill(tenant, sessions, settings.note);
      }
      await world.restart();
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  get tables(): Tables {
    return this.engines.tables;
  }

  /** A new process, which has nothing in its caches. */
  async restart(): Promise<void> {
    await this.service.kill();
    await this.service.start();
    await this.service.waitUntilReady();
  }

  async requests(tenantHash: string): Promise<Requests> {
    const token = await new SignJWT({ tenant_hash: tenantHash, role: 'admin' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('bench')
      .setIssuedAt()
      .setExpirationTime('2h')
      .sign(new TextEncoder().encode(Buffer.from(this.secret).toString('hex')));
    return new Requests(this.service.url, token);
  }

  /** The most memory that the process has had, bytes. */
  async peakMemory(): Promise<number> {
    const status = await readFile(`/proc/${this.service.pid}/status`, 'utf8');
    return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]);
  }

  async close(): Promise<void> {
    await this.service.stop();
    await this.engines.stop();
    await rm(this.dir, { recursive: true, force: true });
  }

  private async fill(
    tenant_hash: string,
    sessions: number,
    note: (line: string) => void,
  ): Promise<void> {
    const { time_zone, goals, origin } = bigSite(tenant_hash);
    await new TenantStore(this.tables).create({
      ...{ tenant_hash, time_zone, own_hosts: [new URL(origin).host] },
      ...{ goal_values: { ...goals.values }, currency: goals.currency },
    });
    const began = performance.now();
    const endMs = Date.now();
    const aggregator = { engines: this.engines.urls };
    const big = { tenant_hash, sessions, days: DAYS, seed: sessions, endMs };
    const { events, traffic } = await importBigTenant(big, aggregator);
    const until = localDay(endMs - ANALYTICS_LATE_MS, time_zone);
    await new SiteTrafficStore(this.tables).put(tenant_hash, traffic, until);
    await runAggregator(['daily', '--tenant', tenant_hash], aggregator);
    const seconds = ((performance.now() - began) / 1_000).toFixed(0);
    note(`${tenant_hash}: ${sessions} sessions, ${events} events imported in ${seconds} s`);
  }
}
