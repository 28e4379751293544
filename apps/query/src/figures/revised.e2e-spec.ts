/** Answers that can be kept: what they were made of besides the range's own days changes them, too. */
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { InventoryStore, SiteTrafficStore } from '@picasso/storage';
import { eventSlice, sessionOf, storedEvents, useEngines } from '@picasso/testing';
import request from 'supertest';
import { aggregate, isoDay } from '../figures.fixture.ts';
import {
  createTenants,
  signToken,
  startQuery,
  storeSession,
  type RunningQuery,
} from '../query.fixture.ts';

const TENANT = 'tenant_a';
const DAY = 86_400_000;
const YESTERDAY = Math.floor(Date.now() / DAY) * DAY - DAY;
const range = { from: isoDay(YESTERDAY), to: isoDay(YESTERDAY) };

const engines = useEngines({ tables: true });
let query: RunningQuery;

const get = async (path: string, etag?: string) =>
  request(query.app.getHttpServer())
    .get(`/analytics/${path}/${TENANT}`)
    .query(range)
    .set({
      authorization: `Bearer ${await signToken({ role: 'admin', tenant_hash: TENANT, expiresIn: 3 * 86_400 })}`,
      ...(etag && { 'if-none-match': etag }),
    });

/** The answer's ETag, which is good until `change`. */
async function revised(path: string, change: () => Promise<unknown>) {
  const etag = String((await get(path)).headers['etag']);
  for (let again = 0; again < 5; again += 1) expect((await get(path, etag)).status).toBe(304);
  await change();
  const after = await get(path, etag);
  expect([path, after.status]).toEqual([path, 200]);
  return after.body;
}

async function visit(session_id: string, startMs: number, cta = 'apply'): Promise<void> {
  const steps = [
    { type: 'CTA_CLICKED', payload: { cta_id: cta, cta_label: `Do ${cta}` } },
    { type: 'FORM_STARTED', payload: { form_id: 'apply' } },
    { type: 'FORM_FIELD_SUBMITTED', payload: { form_id: 'apply', field_id: 'mail' } },
    { type: 'WIDGET_CLOSED', payload: {} },
  ];
  const flat = sessionOf(steps, { tenantHash: TENANT, sessionId: session_id, startMs });
  const key = { tenant_hash: TENANT, session_id };
  await storeSession(query.tables, key, storedEvents(eventSlice(flat)));
  await aggregate(query.tables, TENANT, [isoDay(startMs)]);
}

beforeAll(async () => {
  query = await startQuery(engines().tables.url, { FRESH_MS: '0' });
  await createTenants(query.tables, [{ tenant_hash: TENANT }]);
  await visit('s1', YESTERDAY);
});
afterAll(() => query.stop());

it('bottlenecks: what is configured', async () => {
  const fields = [{ id: 'mail', label: 'Work e-mail', kind: 'email', required: true }];
  const forms = [{ form_id: 'apply', key: 'apply', title: 'Apply', fields }];
  const body = await revised('forms/bottlenecks', () =>
    new InventoryStore(query.tables).record(TENANT, isoDay(Date.now()), {
      ...{ items: [], forms, warnings: [] },
    }),
  );
  expect(body.items).toMatchObject([{ field_id: 'mail', field_label: 'Work e-mail' }]);
});

it('popularity: the windows behind the range', async () => {
  const body = await revised('popularity', () => visit('s2', YESTERDAY - 40 * DAY));
  expect(body.items[0].last_30_days).toMatchObject({ clicks: 1, change: 0 });
});

it('popularity calls items that only a window has by their names', async () => {
  await visit('s3', YESTERDAY - 3 * DAY, 'donate');
  const { items } = (await get('popularity')).body;
  expect(items).toMatchObject([
    { key: 'cta#apply', label: 'Do apply', clicks: 1 },
    { key: 'cta#donate', label: 'Do donate', clicks: 0, last_7_days: { clicks: 1 } },
  ]);
});

it('attribution: visits of the period before', async () => {
  const put = (day: string, visits: number) =>
    new SiteTrafficStore(query.tables).put(
      ...([TENANT, [{ day, source: 'direct', medium: 'none', visits }], null] as const),
    );
  await put(range.from, 10);
  const body = await revised('attribution', () => put(isoDay(YESTERDAY - DAY), 5));
  expect(body.cards.visits).toEqual({ value: 10, before: 5, change: 1 });
});

it('counters of items: the days since which they count', async () => {
  const body = await revised('items', async () => {
    const tomorrow = Date.now() + DAY;
    jest.spyOn(Date, 'now').mockReturnValue(tomorrow);
  }).finally(() => jest.restoreAllMocks());
  expect(body.items).toHaveLength(2);
});
