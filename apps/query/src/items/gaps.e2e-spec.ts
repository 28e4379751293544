import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { LIMITS } from '@picasso/contracts';
import { itemKey, type ConfiguredItem } from '@picasso/domain';
import { InventoryStore } from '@picasso/storage';
import { eventSlice, sessionOf, storedEvents, useEngines } from '@picasso/testing';
import request from 'supertest';
import { isoDay } from '../figures.fixture.ts';
import {
  createTenants,
  signToken,
  startQuery,
  storeSession,
  type RunningQuery,
} from '../query.fixture.ts';
import type { GapDto, PopularityDto } from './items.dto.ts';

const TENANT = 'tenant_a';
const DAY = 86_400_000;
const engines = useEngines({ tables: true });
let query: RunningQuery;

const get = async (path: string, role = 'viewer') => {
  const token = await signToken({ role, tenant_hash: TENANT });
  return request(query.app.getHttpServer())
    .get(`/analytics/${path}`)
    .set('authorization', `Bearer ${token}`);
};

const item = (type: ConfiguredItem['type'], id: string, label: string): ConfiguredItem => ({
  ...{ key: itemKey(type, id), type, id, label },
});

beforeAll(async () => {
  query = await startQuery(engines().tables.url, { FRESH_MS: '0' });
  await createTenants(query.tables, [{ tenant_hash: TENANT }]);
  const items = [
    ...[item('cta', 'apply', 'Apply'), item('cta', 'donate', 'Donate')],
    item('help_prompt', '2', 'Whom may I call?'),
  ];
  const fields = [{ id: 'email', label: 'Work e-mail', kind: 'email', required: true }];
  const forms = [{ form_id: 'apply', key: 'apply', title: 'Apply', fields }];
  const inventory = { items, forms, warnings: [] };
  await new InventoryStore(query.tables).record(TENANT, isoDay(Date.now() - DAY), inventory);
  const steps = ['MESSAGE_SENT', 'CTA_CLICKED', 'FORM_STARTED', 'FORM_ABANDONED', 'WIDGET_CLOSED'];
  const gone = { type: 'CTA_CLICKED', payload: { cta_id: 'gone', cta_label: 'Gone' } };
  const help = { type: 'HELP_MENU_CLICKED', payload: { prompt_index: 2 } };
  const flat = sessionOf([gone, help, ...steps], {
    ...{ tenantHash: TENANT, sessionId: 's1', startMs: Date.now() - 60_000 },
  });
  const key = { tenant_hash: TENANT, session_id: 's1' };
  await storeSession(query.tables, key, storedEvents(eventSlice(flat)));
});
afterAll(() => query.stop());

it('gaps set what is configured against what is used', async () => {
  const { body } = await get(`gaps/${TENANT}?range=2d`);
  expect(body.inventory_as_of).toBe(isoDay(Date.now() - DAY));
  expect(body.items.map(({ key, state, clicks }: GapDto) => [key, state, clicks])).toEqual([
    ['cta#donate', 'never_clicked', 0],
    ['cta#apply', null, 1],
    ['help_prompt#2', null, 1],
  ]);
  expect(body.unconfigured).toMatchObject([{ key: 'cta#gone', clicks: 1 }]);
  const { body: only } = await get(`gaps/${TENANT}?range=2d&state=never_clicked`);
  expect(only.items).toHaveLength(1);
});

it('bottlenecks take names and advice from what is configured', async () => {
  const { body } = await get(`forms/bottlenecks/${TENANT}?range=2d`);
  expect(body.items).toMatchObject([
    { field_id: 'email', field_label: 'Work e-mail', advice: { kind: 'email' } },
  ]);
});

it('patterns add up, level by level', async () => {
  const { body } = await get(`patterns/${TENANT}?range=2d&step=CTA_CLICKED&direction=next&depth=2`);
  for (const { steps } of body.levels as { steps: { sessions: number }[] }[])
    expect(steps.reduce((sum, { sessions }) => sum + sessions, 0)).toBe(body.sessions);
  expect((await get(`patterns/${TENANT}?direction=before`)).status).toBe(400);
});

it('popularity calls an item as events do, else as it is configured', async () => {
  const { body } = await get(`popularity/${TENANT}?range=2d`);
  const labels = body.items.map(({ key, label }: PopularityDto) => [key, label]);
  expect(labels).toContainEqual(['cta#gone', 'Gone']);
  expect(labels).toContainEqual(['help_prompt#2', 'Whom may I call?']);
});

it('questions are answered for the first day that is kept, and not for one before', async () => {
  const asked = async (daysAgo: number) => {
    const day = isoDay(Date.now() - daysAgo * DAY);
    return (await get(`conversations/questions/${TENANT}?from=${day}&to=${day}`, 'admin')).status;
  };
  expect(await asked(LIMITS.summaryDays - 1)).toBe(200);
  expect(await asked(LIMITS.summaryDays)).toBe(400);
});
