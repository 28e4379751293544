import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SiteTrafficStore } from '@picasso/storage';
import { eventSlice, sessionOf, startEngines, storedEvents, type Engines } from '@picasso/testing';
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
/** What spreadsheets would run. */
const FORMULAS = ['=1+1', '@SUM(A1)', '+1', '-1+2', '\t=1', '\r=1'];

let engines: Engines;
let query: RunningQuery;

const get = async (path: string, parameters: object = {}, { role = 'admin', headers = {} } = {}) =>
  request(query.app.getHttpServer())
    .get(`/analytics/${path}`)
    .query({ ...range, ...parameters })
    .set({ authorization: `Bearer ${await signToken({ role, tenant_hash: TENANT })}`, ...headers })
    .buffer(true)
    .parse((response, done) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => done(null, Buffer.concat(chunks)));
    });

beforeAll(async () => {
  engines = await startEngines({ tables: 'disk' });
  query = await startQuery(engines.tables.url, { FRESH_MS: '0' });
  await createTenants(query.tables, [{ tenant_hash: TENANT }]);
  const texts = [...FORMULAS, 'a "quoted", text\nof two lines', ...Array(120).fill('When?')];
  for (const [index, content] of (texts as string[]).entries()) {
    const key = { tenant_hash: TENANT, session_id: `s${String(index).padStart(3, '0')}` };
    const steps = [
      { type: 'MESSAGE_SENT', payload: { content } },
      { type: 'MESSAGE_RECEIVED', payload: { branch_id: index < 6 ? content : 'hours' } },
      { type: 'FORM_VIEWED', payload: { form_id: 'apply' } },
      { type: 'FORM_STARTED', payload: { form_id: 'apply' } },
      { type: index % 3 ? 'FORM_COMPLETED' : 'FORM_ABANDONED', payload: { form_id: 'apply' } },
      'WIDGET_CLOSED',
    ];
    const flat = sessionOf(steps, {
      ...{ tenantHash: TENANT, sessionId: key.session_id },
      startMs: YESTERDAY + index * 60_000,
    });
    await storeSession(query.tables, key, storedEvents(eventSlice(flat)));
  }
});
afterAll(async () => {
  await query.stop();
  await engines.stop();
});

const LISTS = [
  ...['sessions', 'topics', 'sources', 'links', 'popularity', 'items', 'gaps', 'site-traffic'],
  ...['forms/bottlenecks', 'forms/ranking', 'forms/submissions', 'conversations/questions'],
  'conversations/trend',
];

describe('downloads', () => {
  it.each(LISTS)('%s as CSV: a byte order mark, lines ended by CRLF, a name', async (list) => {
    const { status, headers, body } = await get(`${list}/${TENANT}`, { format: 'csv' });
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(headers['content-disposition']).toMatch(/^attachment; filename="[\w.-]+\.csv"$/);
    expect([...(body as Buffer).subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect((body as Buffer).toString()).toMatch(/\r\n$/);
  });

  it.each(LISTS)('%s as JSON: the rows, all of them', async (list) => {
    const { status, headers, body } = await get(`${list}/${TENANT}`, { format: 'json' });
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    const rows = JSON.parse((body as Buffer).toString()) as unknown[];
    if (list === 'sessions') expect(rows).toHaveLength(127);
    if (list === 'forms/submissions') expect(rows.length).toBeGreaterThan(80);
    expect(Array.isArray(rows)).toBe(true);
  });

  it.each(['sessions', 'topics', 'conversations/questions', 'forms/submissions'])(
    '%s: no cell that a spreadsheet would run',
    async (list) => {
      const { body } = await get(`${list}/${TENANT}`, { format: 'csv' });
      const text = (body as Buffer).toString();
      for (const formula of FORMULAS) expect(text).not.toMatch(cellOf(formula));
      if (list !== 'forms/submissions') expect(text).toContain("'=1+1");
    },
  );

  it('quote what RFC 4180 says', async () => {
    const { body } = await get(`conversations/questions/${TENANT}`, { format: 'csv' });
    expect((body as Buffer).toString()).toContain('"a ""quoted"", text\nof two lines"');
  });

  it('give a viewer no text', async () => {
    const viewer = { role: 'viewer' };
    const { body } = await get(`sessions/${TENANT}`, { format: 'csv' }, viewer);
    expect((body as Buffer).toString()).not.toContain('When?');
    for (const list of ['conversations/questions', 'forms/submissions', 'events'])
      expect((await get(`${list}/${TENANT}`, {}, viewer)).status).toBe(403);
  });

  it('hold every raw event, a line each', async () => {
    const { headers, body } = await get(`events/${TENANT}`);
    expect(headers['content-type']).toBe('application/x-ndjson');
    const lines = (body as Buffer).toString().trim().split('\n');
    expect(lines).toHaveLength(127 * 6);
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      session_id: 's126',
      event_type: 'MESSAGE_SENT',
      payload: { content: 'When?' },
    });
  });

  it.each(['conversations', 'attribution', 'forms', 'items', 'paths'])(
    '%s as a PDF',
    async (dashboard) => {
      const { status, headers, body } = await get(`reports/${dashboard}/${TENANT}`);
      expect([status, headers['content-type']]).toEqual([200, 'application/pdf']);
      expect((body as Buffer).subarray(0, 5).toString()).toBe('%PDF-');
      expect((body as Buffer).length).toBeGreaterThan(5_000);
    },
  );

  it('of no such dashboard are none', async () => {
    expect((await get(`reports/nothing/${TENANT}`)).status).toBe(404);
  });
});

describe('submissions', () => {
  const page = async (parameters: object) =>
    JSON.parse(
      ((await get(`forms/submissions/${TENANT}`, parameters)).body as Buffer).toString(),
    ) as {
      total: number | null;
      items: { session_id: string; submitted_at: string }[];
      next_cursor: string | null;
    };

  it('are searched and sorted over all of them, not over the page', async () => {
    const oldest = await page({ limit: 1, order: 'asc' });
    expect(oldest).toMatchObject({ total: 84, items: [{ session_id: 's001' }] });
    const found = await page({ limit: 1, text: 'S125' });
    expect(found).toMatchObject({ total: 1, items: [{ session_id: 's125' }], next_cursor: null });
    expect(await page({ text: 'nothing like it' })).toMatchObject({ total: 0, items: [] });
  });

  it.each([
    ['duration', 'desc'],
    ['submitted_at', 'asc'],
    ['submitted_at', 'desc'],
  ])('come page by page, each once, by %s %s', async (sort, order) => {
    const all = (await page({ limit: 100, sort, order })).items;
    const seen: typeof all = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const answer = await page({ limit: 7, sort, order, ...(cursor && { cursor }) });
      expect(answer.total).toBe(84);
      seen.push(...answer.items);
      cursor = answer.next_cursor;
    }
    expect(seen).toEqual(all);
    expect(new Set(seen.map(({ session_id }) => session_id)).size).toBe(84);
    const by = seen.map(({ submitted_at }) => submitted_at);
    if (sort === 'submitted_at')
      expect(by).toEqual(order === 'asc' ? by.toSorted() : by.toSorted().reverse());
  });

  it('have a long session that began first and ended last before all others', async () => {
    const tenantHash = 'tenant_long';
    await createTenants(query.tables, [{ tenant_hash: tenantHash }]);
    for (let n = 0; n < 60; n += 1) {
      const key = { tenant_hash: tenantHash, session_id: `s${n}` };
      const flat = sessionOf(
        ['MESSAGE_SENT', { type: 'FORM_COMPLETED', afterMs: n === 0 ? 20 * 3_600_000 : 1_000 }],
        { tenantHash, sessionId: key.session_id, startMs: YESTERDAY + n * 60_000 },
      );
      await storeSession(query.tables, key, storedEvents(eventSlice(flat)));
    }
    const token = await signToken({ role: 'admin', tenant_hash: tenantHash });
    const ask = async (cursor = ''): Promise<{ next_cursor: string; ids: string[] }> => {
      const { body } = await request(query.app.getHttpServer())
        .get(`/analytics/forms/submissions/${tenantHash}`)
        .query({ ...range, limit: 2, ...(cursor && { cursor }) })
        .set('authorization', `Bearer ${token}`);
      const { items, next_cursor } = body as {
        items: { session_id: string }[];
        next_cursor: string;
      };
      return { next_cursor, ids: items.map(({ session_id }) => session_id) };
    };
    const first = await ask();
    expect(first.ids).toEqual(['s0', 's59']);
    expect((await ask(first.next_cursor)).ids).toEqual(['s58', 's57']);
  });

  it('are not counted where a search has more than a page of them', async () => {
    const found = await page({ limit: 5, text: 's1' });
    expect(found.total).toBeNull();
    expect(found.items).toHaveLength(5);
  });
});

describe('figures', () => {
  it('have an ETag once all days are aggregated, and another one after a late event', async () => {
    const ask = (etag?: string) =>
      get(
        `conversations/summary/${TENANT}`,
        {},
        { headers: etag ? { 'if-none-match': etag } : {} },
      );
    await aggregate(query.tables, TENANT, [range.from, isoDay(YESTERDAY - DAY)]);
    const first = await ask();
    const etag = String(first.headers['etag']);
    expect(etag).toMatch(/^W\/"/);
    expect(first.headers['cache-control']).toBe('private, no-cache');
    expect((await ask(etag)).status).toBe(304);
    const flat = sessionOf(['MESSAGE_SENT', 'WIDGET_CLOSED'], {
      ...{ tenantHash: TENANT, sessionId: 'late', startMs: YESTERDAY },
    });
    const key = { tenant_hash: TENANT, session_id: 'late' };
    await storeSession(query.tables, key, storedEvents(eventSlice(flat)));
    const dirty = await ask(etag);
    expect([dirty.status, dirty.headers['etag']]).toEqual([200, undefined]);
    await aggregate(query.tables, TENANT, [range.from]);
    const after = await ask(etag);
    expect([after.status, after.headers['etag'] === etag]).toEqual([200, false]);
  });

  it('take visits from the site’s own analytics, and say how many sessions matched', async () => {
    const store = new SiteTrafficStore(query.tables);
    const day = range.from;
    await store.put(
      TENANT,
      [
        { day, source: 'direct', medium: 'none', visits: 900 },
        { day, source: '~odd', medium: 'a#b', visits: 100 },
        { day: isoDay(YESTERDAY + DAY), source: 'direct', medium: 'none', visits: 5 },
      ],
      day,
    );
    const { body } = await get(`attribution/${TENANT}`);
    const answer = JSON.parse((body as Buffer).toString());
    expect(answer.cards.visits.value).toBe(1_000);
    expect(answer.visits).toMatchObject({ from: 'site_traffic', complete_until: day });
    expect(answer.funnel[0]).toMatchObject({ step: 'visited', sessions: 1_000 });
    const steps = answer.funnel.map(({ sessions }: { sessions: number }) => sessions) as number[];
    expect(steps).toEqual([...steps].sort((a, b) => b - a));
  });

  it('name the sessions behind a step of the funnel unless known visits cut their number', async () => {
    const visits = { day: range.from, source: 'direct', medium: 'none', visits: 100 };
    await new SiteTrafficStore(query.tables).put(TENANT, [visits], null);
    const { body } = await get(`attribution/${TENANT}`, { source: 'direct' });
    const { funnel } = JSON.parse((body as Buffer).toString()) as {
      funnel: { step: string; sessions: number; sessions_url: string | null }[];
    };
    const cut = funnel.filter(({ sessions_url }) => sessions_url === null);
    expect(cut.map(({ step }) => step)).toEqual(['visited', 'opened', 'conversation', 'clicked']);
    const { sessions, sessions_url } = funnel.at(-1)!;
    const { searchParams } = new URL(sessions_url as string, 'http://localhost');
    const behind = Object.fromEntries(searchParams);
    const list = await get(`sessions/${TENANT}`, { ...behind, format: 'json' });
    expect(JSON.parse((list.body as Buffer).toString())).toHaveLength(sessions);
  });

  it('are 503 while the tables are down, cached or not: never zeros', async () => {
    await get(`conversations/summary/${TENANT}`);
    await engines.tables.kill();
    for (const list of [...LISTS, 'conversations/summary', 'attribution', 'patterns', 'events']) {
      for (const format of [undefined, 'csv']) {
        if (format && !LISTS.includes(list)) continue;
        const { status, body } = await get(`${list}/${TENANT}`, { ...(format && { format }) });
        const { code } = JSON.parse((body as Buffer).toString()) as { code: string };
        expect([list, format, status, code]).toEqual([list, format, 503, 'unavailable']);
      }
    }
    await engines.restartTables();
    expect((await get(`conversations/summary/${TENANT}`)).status).toBe(200);
  }, 120_000);
});

/** The formula at the start of a cell, quoted or not. */
const cellOf = (formula: string): RegExp =>
  new RegExp(`(^|,)"?${formula.replace(/[+()@]/g, '\\$&')}`, 'm');
