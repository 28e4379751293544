import { DeleteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventSlice, sessionOf, storedEvents, useEngines, type StepSpec } from '@picasso/testing';
import request from 'supertest';
import {
  createTenants,
  signToken,
  startQuery,
  storeSession,
  type RunningQuery,
} from '../query.fixture.ts';

const OWN = 'tenant_own';
const OTHER = 'tenant_other';
const CANARY = 'xyzzycanary';
const SECRET_TEXT = 'my knee hurts since Tuesday';
const START = Date.now() - 3_600_000;

const engines = useEngines({ tables: true });
let query: RunningQuery;

const store = (tenantHash: string, sessionId: string, steps: StepSpec[], startMs = START) =>
  storeSession(
    query.tables,
    { tenant_hash: tenantHash, session_id: sessionId },
    storedEvents(eventSlice(sessionOf(steps, { tenantHash, sessionId, startMs }))),
  );

beforeAll(async () => {
  query = await startQuery(engines().tables.url);
  await createTenants(query.tables, [{ tenant_hash: OWN }, { tenant_hash: OTHER }]);
});
afterAll(() => query.stop());

const get = async (path: string, role: string, headers: Record<string, string> = {}) => {
  const token = await signToken({ role, tenant_hash: OWN });
  return request(query.app.getHttpServer())
    .get(path)
    .set({ authorization: `Bearer ${token}`, ...headers });
};

describe('GET /analytics/journey/{session_id}', () => {
  const ended: StepSpec[] = [
    'WIDGET_OPENED',
    { type: 'MESSAGE_SENT', payload: { content: SECRET_TEXT, content_length: 27 } },
    { type: 'MESSAGE_RECEIVED', payload: { content: `${SECRET_TEXT}?`, branch_id: 'pain' } },
    { type: 'QA_COMPLETE', payload: { question: SECRET_TEXT, answer: SECRET_TEXT } },
    { type: 'HELP_MENU_CLICKED', payload: { prompt_index: 2, prompt_text: SECRET_TEXT } },
    { type: 'FORM_STARTED', payload: { form_id: 'apply', answers: { name: SECRET_TEXT } } },
    { type: 'FORM_FIELD_SUBMITTED', payload: { field_id: 'why', value: SECRET_TEXT } },
    { type: 'FORM_FIELD_REJECTED', payload: { field_id: 'why', error: SECRET_TEXT } },
    { type: 'SCHEDULING_TYPED_REFINEMENT', payload: { text: SECRET_TEXT } },
    { type: 'ACTION_CHIP_CLICKED', payload: { chip_id: 'hours', chip_label: 'Opening hours' } },
    'WIDGET_CLOSED',
  ];

  beforeAll(async () => {
    await store(OWN, 'sess_ended', ended);
    await store(OWN, 'sess_open', ['WIDGET_OPENED', 'MESSAGE_SENT']);
    await store(OTHER, `sess_${CANARY}`, [{ type: 'MESSAGE_SENT', payload: { content: CANARY } }]);
  });

  it('answers every step in order, under the contract’s names', async () => {
    const { status, body } = await get('/analytics/journey/sess_ended', 'admin');
    expect(status).toBe(200);
    expect(body.session).toMatchObject({
      session_id: 'sess_ended',
      tenant_hash: OWN,
      event_count: ended.length,
      first_question: SECRET_TEXT,
      closed_by: 'client',
      missing: 0,
    });
    expect(body.steps.map((step: { event_type: string }) => step.event_type)).toEqual(
      ended.map((step) => (typeof step === 'string' ? step : step.type)),
    );
    expect(body.steps[1]).toEqual({
      event_id: 'evt_sess_ended_2',
      step_number: 2,
      sequence_number: 2,
      event_type: 'MESSAGE_SENT',
      timestamp: new Date(START + 1_000).toISOString(),
      timestamp_server: new Date(START + ended.length * 1_000).toISOString(),
      origin: 'browser',
      schema_version: '1.0',
      payload: { content: SECRET_TEXT, content_length: 27 },
    });
    expect(body.gaps).toEqual([]);
  });

  it('shows what was sent and never arrived', async () => {
    const flat = sessionOf(['WIDGET_OPENED', 'MESSAGE_SENT', 'MESSAGE_RECEIVED', 'WIDGET_CLOSED'], {
      tenantHash: OWN,
      sessionId: 'sess_gap',
      startMs: START,
    });
    const arrived = storedEvents(eventSlice(flat)).filter((event) => event.sequence_number !== 2);
    await storeSession(query.tables, { tenant_hash: OWN, session_id: 'sess_gap' }, arrived);
    const { body } = await get('/analytics/journey/sess_gap', 'viewer');
    expect(body.gaps).toEqual([{ after_sequence: 1, missing: 1 }]);
    expect(body.session.missing).toBe(1);
  });

  it('shows a viewer what happened, but no byte of text', async () => {
    const { text, body } = await get('/analytics/journey/sess_ended', 'viewer');
    expect(text).not.toContain(SECRET_TEXT);
    expect(body.session.first_question).toBeNull();
    expect(body.steps).toHaveLength(ended.length);
    expect(body.steps[9].payload).toEqual({ chip_id: 'hours', chip_label: 'Opening hours' });
    expect(body.steps[6].payload).toMatchObject({ form_id: 'apply', field_id: 'why' });
    expect(body.steps[4].payload).toEqual({ prompt_index: 2 });
  });

  it('gives an ended journey an ETag and an open one none', async () => {
    const first = await get('/analytics/journey/sess_ended', 'admin');
    const etag = String(first.headers['etag']);
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    expect(first.headers['cache-control']).toBe('private, no-cache');
    const again = await get('/analytics/journey/sess_ended', 'admin', { 'if-none-match': etag });
    expect([again.status, again.text]).toEqual([304, '']);
    const viewer = await get('/analytics/journey/sess_ended', 'viewer', { 'if-none-match': etag });
    expect(viewer.status).toBe(200);

    const open = await get('/analytics/journey/sess_open', 'admin');
    expect(open.body.session.closed_by).toBeNull();
    expect(open.headers['etag']).toBeUndefined();
    expect(open.headers['cache-control']).toBe('no-store');
  });

  it('answers another ETag once a late event has changed the journey', async () => {
    await store(OWN, 'sess_late', ['WIDGET_OPENED', 'WIDGET_CLOSED']);
    const before = await get('/analytics/journey/sess_late', 'admin');
    await store(OWN, 'sess_late', ['WIDGET_OPENED', 'WIDGET_CLOSED', 'SESSION_ENDED']);
    const after = await get('/analytics/journey/sess_late', 'admin', {
      'if-none-match': String(before.headers['etag']),
    });
    expect(after.status).toBe(200);
    expect(after.body.steps).toHaveLength(3);
  });

  it('says so when the steps are gone and only the summary is left', async () => {
    await store(OWN, 'sess_old', ['WIDGET_OPENED', 'WIDGET_CLOSED']);
    const { sessionEvents } = query.tables.names;
    const { Items } = await query.tables.doc.send(
      new QueryCommand({
        TableName: sessionEvents,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': `SESSION#${OWN}#sess_old` },
        Limit: 1,
      }),
    );
    const { pk, sk } = Items?.[0] ?? {};
    await query.tables.doc.send(new DeleteCommand({ TableName: sessionEvents, Key: { pk, sk } }));
    const { status, body } = await get('/analytics/journey/sess_old', 'admin');
    expect([status, body.code]).toEqual([410, 'steps_not_kept']);
  });

  it.each(['nothing_like_it', 'x'.repeat(129), `sess_${CANARY}`, '%00', 'a%2Fb'])(
    'knows no session %s',
    async (sessionId) => {
      const { status, body, text } = await get(`/analytics/journey/${sessionId}`, 'admin');
      expect([status, body.code]).toEqual([404, 'not_found']);
      expect(text).not.toContain(CANARY);
    },
  );

  it('finds a session whose id needs escaping', async () => {
    const sessionId = `sess/ä#?%${'é'.repeat(119)}`;
    await store(OWN, sessionId, ['WIDGET_OPENED']);
    const { body } = await get(`/analytics/journey/${encodeURIComponent(sessionId)}`, 'admin');
    expect(body.session.session_id).toBe(sessionId);
  });

  it('answers all 5,000 steps of a full session, each once, in a second or two', async () => {
    const steps = Array.from({ length: 5_000 }, (_, i) => ({
      type: i % 2 ? 'MESSAGE_RECEIVED' : 'MESSAGE_SENT',
      payload: { content: `${i} `.repeat(60) },
    }));
    await store(OWN, 'sess_full', steps);
    const started = performance.now();
    const { body } = await get('/analytics/journey/sess_full', 'admin');
    const tookMs = performance.now() - started;
    expect(body.steps.map((step: { step_number: number }) => step.step_number)).toEqual(
      steps.map((_, i) => i + 1),
    );
    expect(body.session.event_count).toBe(5_000);
    expect(tookMs).toBeLessThan(5_000);
  });
});
