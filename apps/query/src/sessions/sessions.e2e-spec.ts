import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionSummary } from '@picasso/contracts';
import { eventSlice, sessionOf, storedEvents, useEngines, type StepSpec } from '@picasso/testing';
import request from 'supertest';
import {
  createTenants,
  signToken,
  startQuery,
  storeSession,
  type RunningQuery,
} from '../query.fixture.ts';

const TENANT = 'tenant_a';
const ZONED = 'tenant_auckland';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Math.floor(Date.now() / DAY) * DAY - 12 * HOUR;
const COUNT = 137;

const engines = useEngines({ tables: true });
let query: RunningQuery;

const store = (tenantHash: string, sessionId: string, startMs: number, steps: StepSpec[]) =>
  storeSession(
    query.tables,
    { tenant_hash: tenantHash, session_id: sessionId },
    storedEvents(eventSlice(sessionOf(steps, { tenantHash, sessionId, startMs }))),
  );

const list = async (tenant: string, parameters: Record<string, string>, role = 'admin') => {
  const token = await signToken({ role, tenant_hash: tenant });
  return request(query.app.getHttpServer())
    .get(`/analytics/sessions/${tenant}`)
    .query(parameters)
    .set('authorization', `Bearer ${token}`);
};

/** Follows the cursors to the end. */
async function listAll(
  parameters: Record<string, string>,
  betweenPages: (page: number) => Promise<void> = async () => undefined,
): Promise<SessionSummary[]> {
  const found: SessionSummary[] = [];
  let cursor: string | null = null;
  for (let page = 1; page === 1 || cursor !== null; page += 1) {
    const { status, body } = await list(TENANT, { ...parameters, ...(cursor && { cursor }) });
    expect(status).toBe(200);
    expect(body.items.length).toBeLessThanOrEqual(Number(parameters['limit'] ?? 50));
    found.push(...body.items);
    cursor = body.next_cursor;
    await betweenPages(page);
  }
  return found;
}

const idsOf = (items: SessionSummary[]): string[] => items.map(({ session_id }) => session_id);
const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

beforeAll(async () => {
  // No answer is shared: what a test stores shows in the next answer.
  query = await startQuery(engines().tables.url, { FRESH_MS: '0' });
  await createTenants(query.tables, [
    { tenant_hash: TENANT },
    { tenant_hash: ZONED, time_zone: 'Pacific/Auckland' },
    { tenant_hash: 'tenant_empty' },
  ]);
  // Newest first: s000 … s136; groups of three start at the same moment, every fifth has a click.
  for (let i = 0; i < COUNT; i += 1) {
    const id = `s${String(i).padStart(3, '0')}`;
    const startMs = NOON - Math.floor(i / 3) * HOUR;
    const ending = i % 7 === 0 ? [] : ['WIDGET_CLOSED'];
    const steps = i % 5 === 0 ? ['MESSAGE_SENT', 'CTA_CLICKED'] : ['MESSAGE_SENT'];
    await store(TENANT, id, startMs, [...steps, ...ending]);
  }
  await store(TENANT, 'pv_1', NOON, ['PAGE_VIEW']);
});
afterAll(() => query.stop());

describe('GET /analytics/sessions/{tenant}', () => {
  it.each(['1', '7', '50', '100'])('is complete in pages of %s, newest first', async (limit) => {
    const items = await listAll({ limit });
    expect(idsOf(items).sort()).toEqual(
      Array.from({ length: COUNT }, (_, i) => `s${String(i).padStart(3, '0')}`),
    );
    const starts = items.map(({ started_at }) => started_at);
    expect(starts).toEqual([...starts].sort().reverse());
  });

  it('lists open sessions with their running summary, and no page views', async () => {
    const items = await listAll({});
    const open = items.filter(({ closed_by }) => closed_by === null);
    expect(open).toHaveLength(Math.ceil(COUNT / 7));
    for (const item of open) expect(item.message_count).toBe(1);
    expect(idsOf(items)).not.toContain('pv_1');
  });

  it('stays complete when sessions come in between two pages', async () => {
    const before = idsOf(await listAll({ range: '8d' }));
    const items = await listAll({ range: '8d', limit: '20' }, (page) =>
      store(TENANT, `later_${page}`, NOON + page, ['WIDGET_OPENED', 'WIDGET_CLOSED']),
    );
    expect(idsOf(items)).toEqual(before);
  });

  it('filters by outcome, open sessions included, page by page', async () => {
    const clicked = await listAll({ outcome: 'cta_clicked', limit: '4' });
    expect(new Set(clicked.map(({ outcome }) => outcome))).toEqual(new Set(['cta_clicked']));
    expect(clicked.some(({ closed_by }) => closed_by === null)).toBe(true);
    const all = (await listAll({})).filter(({ outcome }) => outcome === 'cta_clicked');
    expect(idsOf(clicked)).toEqual(idsOf(all));
  });

  it('takes from and to as days that both count', async () => {
    const day = dateOf(NOON);
    const items = await listAll({ from: day, to: day });
    expect(items.length).toBeGreaterThan(30);
    for (const { started_at } of items) expect(started_at.slice(0, 10)).toBe(day);
    const earlier = await listAll({ to: dateOf(NOON - DAY) });
    for (const { started_at } of earlier) expect(started_at < day).toBe(true);
    expect(items.length + earlier.length).toBe((await listAll({})).length);
  });

  it('means the tenant’s own days', async () => {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone: 'Pacific/Auckland' });
    const today = format.format(Date.now());
    const midnight = [...Array(48).keys()]
      .map((half) => Math.floor(Date.now() / (HOUR / 2)) * (HOUR / 2) - half * (HOUR / 2))
      .findLast((ms) => format.format(ms) === today) as number;
    await store(ZONED, 'last_minute', midnight - 1, ['MESSAGE_SENT']);
    await store(ZONED, 'first_minute', midnight, ['MESSAGE_SENT']);
    const { body } = await list(ZONED, { range: '1d' });
    expect(idsOf(body.items)).toEqual(['first_minute']);
    const yesterday = format.format(midnight - HOUR);
    const before = await list(ZONED, { from: yesterday, to: yesterday });
    expect(idsOf(before.body.items)).toEqual(['last_minute']);
  });

  it('gives a viewer no question', async () => {
    const [admin, viewer] = [await list(TENANT, {}), await list(TENANT, {}, 'viewer')];
    expect(admin.text).toContain('When are you open?');
    expect(viewer.text).not.toContain('When are you open?');
    expect(viewer.body.items).toHaveLength(admin.body.items.length);
    expect(viewer.body.items[0].first_question).toBeNull();
  });

  it('opens a cursor only for the tenant and filters that it was made for', async () => {
    const { body } = await list(TENANT, { limit: '5', range: '7d' });
    const cursor = body.next_cursor as string;
    expect((await list(TENANT, { limit: '9', range: '7d', cursor })).status).toBe(200);
    const misuses: [string, Record<string, string>][] = [
      [ZONED, { range: '7d', cursor }],
      [TENANT, { cursor }],
      [TENANT, { range: '6d', cursor }],
      [TENANT, { range: '7d', outcome: 'browsing', cursor }],
      [TENANT, { range: '7d', cursor: `${cursor.slice(0, -2)}AA` }],
      [TENANT, { range: '7d', cursor: '' }],
    ];
    for (const [tenant, parameters] of misuses) {
      const answer = await list(tenant, parameters);
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_cursor']);
    }
  });

  it.each<[Record<string, string>, string]>([
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ limit: '1.5' }, 'limit'],
    [{ limit: 'all' }, 'limit'],
    [{ outcome: 'happy' }, 'outcome'],
    [{ from: '2026-02-30' }, 'from'],
    [{ range: 'week' }, 'range'],
    [{ fro: '2026-11-01' }, 'fro'],
  ])('refuses %j and says why', async (parameters, parameter) => {
    const { status, body } = await list(TENANT, parameters);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors).toEqual([{ parameter, message: expect.stringMatching(/\w/) }]);
  });

  it('says what it cannot answer fully instead of answering less', async () => {
    const { status, body } = await list(TENANT, { range: '91d' });
    expect([status, body.code]).toEqual([400, 'range_not_kept']);
  });

  it('answers an empty list for a tenant without sessions', async () => {
    const { status, body } = await list('tenant_empty', {});
    expect([status, body]).toEqual([200, { items: [], next_cursor: null }]);
  });

  it('does not know a tenant that is not there', async () => {
    expect((await list('tenant_none', {})).status).toBe(404);
  });
});
