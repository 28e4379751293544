/** A tenant as large as any, some smaller ones, and a query service that can begin anew. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { daysOf, lastDays, localDay } from '@picasso/domain';
import { freePort } from '@picasso/engines';
import { SiteTrafficStore, TenantStore, type Tables } from '@picasso/storage';
import { SignJWT } from 'jose';
import { bigSite } from '../demo/big-tenant.ts';
import { history } from '../demo/generate.ts';
import type { DemoJourney } from '../demo/journey-writer.ts';
import { openingOf, siteTraffic } from '../demo/site-traffic.ts';
import type { Site } from '../demo/site.ts';
import { runAggregator } from '../harness/aggregator.ts';
import { createRandom } from '../harness/random.ts';
import { Service } from '../harness/service.ts';
import { startEngines, type BenchEngines } from './engines.ts';
import { describeDisk } from './machine.ts';
import { Requests } from './requests.ts';
import type { BenchSettings } from './settings.ts';
import { addEnded, addOpen, fillDay, templateOf } from './summaries.ts';

export const BIG = 'bench-big';
/** Answered first, so that the code is compiled and no figure of the big one is known. */
export const OTHERS = Array.from({ length: 8 }, (_, i) => `bench-other-${i}`);
const OTHER_SESSIONS = 4_500;
/** Different sessions that the others repeat at other times. */
const TEMPLATES = 3_000;
export const DAYS = 90;
/** What has come since the aggregator ran: an hour and more of the largest tenant's day. */
const LATEST = { ended: 50, open: 6 };
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

  /** @param bigSessions of the big tenant, over {@link DAYS} days, written and aggregated */
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
        ...OTHERS.map((tenant): [string, number] => [
          tenant,
          Math.min(OTHER_SESSIONS, bigSessions),
        ]),
        [BIG, bigSessions] as [string, number],
      ]) {
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

  /** A new process, which has nothing in its caches. @param extra added to its environment */
  async restart(extra: Record<string, string> = {}): Promise<void> {
    await this.service.kill();
    await this.service.start(extra);
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

  /** Sessions of a site with thousands of different questions; days and counters by the aggregator. */
  private async fill(
    tenant_hash: string,
    sessions: number,
    note: (line: string) => void,
  ): Promise<void> {
    const began = performance.now();
    const site = bigSite(tenant_hash);
    const { time_zone, goals, origin } = site;
    const { tenant } = await new TenantStore(this.tables).create({
      ...{ tenant_hash, time_zone, own_hosts: [new URL(origin).host] },
      ...{ goal_values: { ...goals.values }, currency: goals.currency },
    });
    const endMs = Date.now();
    const journeys = history({
      ...{ seed: 1, endMs, days: DAYS, sites: [site] },
      ...{ conversations: Math.min(TEMPLATES, sessions), pageViewSessions: 0 },
    });
    const templates = journeys.map(({ events }) => templateOf(events, tenant_hash));
    const today = localDay(endMs, time_zone);
    const random = createRandom(1);
    const count = Math.round(sessions / DAYS);
    const latest = Math.min(LATEST.ended, Math.floor(count / 2));
    for (const day of daysOf(lastDays(DAYS, today))) {
      const number = day === today ? count - latest : count;
      await fillDay(this.tables, { tenant, day, sessions: number, templates, random });
    }
    await this.putTraffic(site, journeys, sessions, endMs);
    const aggregator = { engines: this.engines.urls };
    await runAggregator(['daily', '--tenant', tenant_hash], aggregator);
    await runAggregator(['recount', '--tenant', tenant_hash], aggregator);
    await addEnded(this.tables, { tenant, day: today, sessions: latest, templates, random });
    const open = journeys.slice(0, LATEST.open).map(({ events }) => events);
    await addOpen(this.tables, tenant, today, open);
    const seconds = ((performance.now() - began) / 1_000).toFixed(0);
    note(`${tenant_hash}: ${sessions} sessions in ${seconds} s`);
  }

  private async putTraffic(
    site: Site,
    journeys: readonly DemoJourney[],
    sessions: number,
    endMs: number,
  ): Promise<void> {
    const until = localDay(endMs - ANALYTICS_LATE_MS, site.time_zone);
    const share = sessions / journeys.length;
    const rows = siteTraffic(site, journeys.map(openingOf), 1)
      .filter(({ day }) => day <= until)
      .map((row) => ({ ...row, visits: Math.round(row.visits * share) }));
    await new SiteTrafficStore(this.tables).put(site.tenant_hash, rows, until);
  }
}
