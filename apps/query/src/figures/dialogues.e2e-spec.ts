/**
 * Every figure of the API against an independent computation from real conversations: on one day
 * and spread over 120, read live, from aggregates and from the archive. Skipped, and said so, where
 * the data is not there.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionSummary } from '@picasso/contracts';
import { connectObjects, provisionObjects } from '@picasso/storage';
import { useEngines } from '@picasso/testing';
import request from 'supertest';
import type {
  ConversationSummaryDto,
  DepthListDto,
  TopicDto,
  TrendPointDto,
} from '../conversations/conversations.dto.ts';
import {
  dialoguesPresent,
  dialogueSummary,
  readDialogues,
  readTenantFigures,
  type Dialogue,
  type TenantFigures,
} from '../dialogues.fixture.ts';
import { aggregate, archive, isoDay, storeSummaries } from '../figures.fixture.ts';
import type { BottleneckDto, FormRankDto } from '../forms/forms.dto.ts';
import type { PatternsDto, PopularityDto } from '../items/items.dto.ts';
import { createTenants, signToken, startQuery, type RunningQuery } from '../query.fixture.ts';
import type { SourceDto } from '../traffic/traffic.dto.ts';
import type { RangeDto } from './figures.dto.ts';

const DAY = 86_400_000;
const DAYS = 120;
const TENANTS = ['tn_care', 'tn_dine', 'tn_travel'];
const TODAY = Math.floor(Date.now() / DAY) * DAY;

const engines = useEngines({ tables: true, objects: true });
let query: RunningQuery;
let dialogues: Dialogue[] = [];
let expected: TenantFigures[] = [];

const get = async (path: string, parameters: object) => {
  const tenant = path.split('/').at(-1) as string;
  const token = await signToken({ role: 'admin', tenant_hash: tenant });
  const answer = await request(query.app.getHttpServer())
    .get(`/analytics/${path}`)
    .query(parameters)
    .set('authorization', `Bearer ${token}`);
  expect([path, answer.status, answer.body.code]).toEqual([path, 200, undefined]);
  return answer.body;
};

async function all<Row>(path: string, range: object): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  do {
    const page = (await get(path, { ...range, limit: 100, ...(cursor && { cursor }) })) as {
      items: Row[];
      next_cursor: string | null;
    };
    rows.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return rows;
}

const record = <Row>(rows: Row[], key: (row: Row) => unknown, value: (row: Row) => unknown) =>
  Object.fromEntries(rows.map((row) => [String(key(row)), value(row)]));

/** What the API answers, under the data set's names. */
async function figuresOf(tenant: string, range: object): Promise<TenantFigures> {
  const summary: ConversationSummaryDto = await get(`conversations/summary/${tenant}`, range);
  const depth: DepthListDto = await get(`conversations/depth/${tenant}`, range);
  const clicked = (await all<PopularityDto>(`popularity/${tenant}`, range)).filter(
    ({ clicks }) => clicks > 0,
  );
  const bottlenecks = await all<BottleneckDto>(`forms/bottlenecks/${tenant}`, range);
  const happened = summary.outcomes.filter(({ sessions }) => sessions > 0);
  return {
    tenant,
    sessions: summary.sessions,
    conversations: summary.cards.conversations.value,
    messages: summary.cards.messages.value,
    events: summary.collection.events,
    outcomes: record(
      happened,
      ({ outcome }) => outcome,
      ({ sessions }) => sessions,
    ),
    depth: record(
      depth.items,
      ({ messages }) => messages,
      ({ sessions }) => sessions,
    ),
    duration_ms_sum: summary.duration_ms_sum,
    response_time_ms_sum: summary.response_time_ms_sum,
    response_count: summary.response_count,
    items: record(
      clicked,
      ({ key }) => key,
      ({ clicks }) => clicks,
    ),
    topics: record(
      await all<TopicDto>(`topics/${tenant}`, range),
      ({ topic }) => topic,
      ({ sessions, completions }) => [sessions, completions],
    ),
    sources: record(
      await all<SourceDto>(`sources/${tenant}`, range),
      ({ source, medium }) => `${source}/${medium}`,
      ({ sessions, conversations, completions }) => [sessions, conversations, completions],
    ),
    forms: record(
      await all<FormRankDto>(`forms/ranking/${tenant}`, range),
      ({ form_id }) => form_id,
      ({ views, starts, completions, abandons }) => ({ views, starts, completions, abandons }),
    ),
    bottlenecks: record(
      bottlenecks,
      ({ form_id, field_id }) => `${form_id}#${field_id ?? ''}`,
      ({ abandons }) => abandons,
    ),
  };
}

const wanted = (tenant: string) => expected.find((line) => line.tenant === tenant);
const summariesOf = (tenant: string, dayMs: (index: number) => number): SessionSummary[] =>
  dialogues
    .filter(({ tenant_hash }) => tenant_hash === tenant)
    .map((dialogue, index) => dialogueSummary(dialogue, dayMs(index)));

(dialoguesPresent ? describe : describe.skip)('the dialogues', () => {
  beforeAll(() => {
    dialogues = readDialogues();
    expected = readTenantFigures();
  });

  describe('on one day', () => {
    const yesterday = isoDay(TODAY - DAY);
    const range = { from: yesterday, to: yesterday };

    beforeAll(async () => {
      query = await startQuery(engines().tables.url, { TABLE_PREFIX: 'day-', FRESH_MS: '0' });
      await createTenants(
        query.tables,
        TENANTS.map((tenant_hash) => ({ tenant_hash })),
      );
      for (const tenant of TENANTS)
        await storeSummaries(
          query.tables,
          summariesOf(tenant, () => TODAY - DAY),
        );
    }, 120_000);
    afterAll(() => query.stop());

    it.each(TENANTS)('%s: before the day is aggregated, and said so', async (tenant) => {
      expect(await figuresOf(tenant, range)).toEqual(wanted(tenant));
      const { range: meta } = await get(`conversations/summary/${tenant}`, range);
      expect(meta.partial).toEqual([{ day: yesterday, reason: 'not_aggregated' }]);
      expect(meta.complete_until).toBe(`${yesterday}T00:00:00.000Z`);
    });

    it.each(TENANTS)('%s: from its aggregate', async (tenant) => {
      await aggregate(query.tables, tenant, [yesterday]);
      expect(await figuresOf(tenant, range)).toEqual(wanted(tenant));
      const { range: meta } = await get(`conversations/summary/${tenant}`, range);
      expect(meta.partial).toEqual([]);
    });
  });

  describe(`over ${DAYS} days`, () => {
    const range = { from: isoDay(TODAY - (DAYS - 1) * DAY), to: isoDay(TODAY) };

    beforeAll(async () => {
      const { url } = engines().objects;
      const objects = connectObjects({ endpoint: url, region: 'us-east-1', bucket: 'journeys' });
      await provisionObjects(objects);
      query = await startQuery(engines().tables.url, {
        ...{ TABLE_PREFIX: 'spread-', S3_ENDPOINT: url, S3_BUCKET: 'journeys' },
      });
      await createTenants(
        query.tables,
        TENANTS.map((tenant_hash) => ({ tenant_hash })),
      );
      for (const tenant of TENANTS) {
        const summaries = summariesOf(tenant, (index) => TODAY - (index % DAYS) * DAY);
        const ageOf = ({ started_at }: SessionSummary): number =>
          (TODAY - Date.parse(`${started_at.slice(0, 10)}T00:00:00Z`)) / DAY;
        await archive(
          query.tables,
          objects,
          summaries.filter((summary) => ageOf(summary) >= 90),
        );
        await storeSummaries(
          query.tables,
          summaries.filter((summary) => ageOf(summary) < 90),
        );
        // Every tenth day stays dirty.
        const ages = Array.from({ length: 89 }, (_, index) => index + 1);
        const clean = ages.filter((age) => age % 10 !== 0);
        await aggregate(
          query.tables,
          tenant,
          clean.map((age) => isoDay(TODAY - age * DAY)),
        );
      }
      objects.close();
    }, 180_000);
    afterAll(() => query.stop());

    it.each(TENANTS)('%s: live, aggregated and archived parts together', async (tenant) => {
      expect(await figuresOf(tenant, range)).toEqual(wanted(tenant));
      const { range: meta } = await get(`conversations/summary/${tenant}`, range);
      expect((meta as RangeDto).partial.map(({ reason }) => reason)).toEqual([
        ...Array.from({ length: 8 }, () => 'not_aggregated'),
        'today',
      ]);
    });

    it.each(TENANTS)('%s: days add up to the range, and each bucket is there', async (tenant) => {
      const { points } = await get(`conversations/trend/${tenant}`, { ...range, unit: 'day' });
      expect(points).toHaveLength(DAYS);
      const sum = (points as TrendPointDto[]).reduce((total, { sessions }) => total + sessions, 0);
      expect(sum).toBe(wanted(tenant)?.['sessions']);
    });

    it('lists every session behind the range, newest first, the archive included', async () => {
      const sessions = await all<SessionSummary>('sessions/tn_care', range);
      expect(sessions).toHaveLength(wanted('tn_care')?.['sessions'] as number);
      const starts = sessions.map(({ started_at }) => started_at);
      expect(starts).toEqual([...starts].sort().reverse());
      const completed = await all<SessionSummary>('sessions/tn_care', {
        ...range,
        outcome: 'form_completed',
      });
      expect(completed).toHaveLength(
        (wanted('tn_care')?.['outcomes'] as Record<string, number>)['form_completed'] as number,
      );
    });

    it('lists as many sessions behind each row as the row counts', async () => {
      for (const path of ['topics', 'sources', 'popularity']) {
        for (const row of (
          await all<{ sessions: number; sessions_url: string }>(`${path}/tn_dine`, range)
        ).slice(0, 3)) {
          const url = new URL(row.sessions_url, 'http://localhost');
          const behind = await all('sessions/tn_dine', Object.fromEntries(url.searchParams));
          expect([path, row, behind.length]).toEqual([path, row, row.sessions]);
        }
      }
    }, 60_000);

    it.each([{}, { step: 'MESSAGE_SENT' }, { step: 'MESSAGE_SENT', direction: 'before' }])(
      'lists as many sessions behind each way of a path view as it counts: %j',
      async (view) => {
        const { branches, levels, sequences } = (await get('patterns/tn_dine', {
          ...range,
          ...view,
          branches: 3,
        })) as PatternsDto;
        const deep = branches.flatMap(({ children }) => children.slice(0, 1));
        const farthest = levels.at(-1)?.steps ?? [];
        const ways = [...sequences.slice(0, 2), ...sequences.slice(-1)];
        const rows = [...branches, ...deep, ...farthest, ...ways];
        expect(rows.length).toBeGreaterThanOrEqual(5);
        for (const { sessions, sessions_url } of rows) {
          const { searchParams } = new URL(sessions_url ?? '', 'http://localhost');
          const behind = await all('sessions/tn_dine', Object.fromEntries(searchParams));
          expect([sessions_url, behind.length]).toEqual([sessions_url, sessions]);
        }
      },
      60_000,
    );
  });
});
