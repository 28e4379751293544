/** What the API's description shows as examples: a small world, and one request of each operation. */
import { SUBJECTS } from '@picasso/contracts';
import { itemKey } from '@picasso/domain';
import { createPublisher, DeadLetters, type Broker } from '@picasso/messaging';
import { InventoryStore, RunLog, SiteTrafficStore, type Tables } from '@picasso/storage';
import { eventSlice, flatEvent, sessionOf, storedEvents } from '@picasso/testing';
import { isoDay } from './figures.fixture.ts';
import { createTenants, storeSession } from './query.fixture.ts';

export const TENANT = 'fo85e6a06dcdf4';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface ExampleRequest {
  /** Path and query parameters. */
  parameters?: Record<string, string | number>;
  body?: object;
  role?: 'viewer' | 'admin' | 'ops';
}

const STEPS = [
  { type: 'WIDGET_OPENED', payload: {} },
  { type: 'MESSAGE_SENT', payload: { content: 'How can I volunteer?' } },
  { type: 'MESSAGE_RECEIVED', payload: { content: 'Gladly!', branch_id: 'volunteering' } },
  { type: 'CTA_CLICKED', payload: { cta_id: 'apply', cta_label: 'Apply to volunteer' } },
  { type: 'LINK_CLICKED', payload: { url: 'https://example.org/volunteers' } },
  { type: 'FORM_VIEWED', payload: { form_id: 'volunteer', form_label: 'Volunteer' } },
  { type: 'FORM_STARTED', payload: { form_id: 'volunteer' } },
];
const ENDS = {
  completed: [{ type: 'FORM_COMPLETED', payload: { form_id: 'volunteer' } }, 'WIDGET_CLOSED'],
  abandoned: [
    { type: 'FORM_ABANDONED', payload: { form_id: 'volunteer', last_field_id: 'phone' } },
    'WIDGET_CLOSED',
  ],
};

/** Two sessions, one dead letter, site visits, configured items, a run. */
export async function plantExamples(tables: Tables, broker: Broker): Promise<void> {
  await createTenants(tables, [{ tenant_hash: TENANT, time_zone: 'UTC' }]);
  const started = Date.now() - 2 * HOUR_MS;
  for (const [sessionId, end] of [
    ['sess_mb2k1x', ENDS.completed],
    ['sess_mb2k7q', ENDS.abandoned],
  ] as const) {
    const flat = sessionOf([...STEPS, ...end], {
      ...{ tenantHash: TENANT, sessionId, startMs: started },
      attribution: { utm_source: 'newsletter', utm_medium: 'email' },
    });
    const key = { tenant_hash: TENANT, session_id: sessionId };
    await storeSession(tables, key, storedEvents(eventSlice(flat)));
  }
  const day = isoDay(started);
  const visits = [{ day, source: 'newsletter', medium: 'email', visits: 120 }];
  await new SiteTrafficStore(tables).put(TENANT, visits, day);
  const items = [
    {
      key: itemKey('cta', 'apply'),
      type: 'cta' as const,
      id: 'apply',
      label: 'Apply to volunteer',
    },
    { key: itemKey('cta', 'donate'), type: 'cta' as const, id: 'donate', label: 'Donate' },
  ];
  const inventory = { items, forms: [], warnings: [] };
  await new InventoryStore(tables).record(TENANT, isoDay(started - DAY_MS), inventory);
  const run = new RunLog(tables).begin(
    { command: 'daily', tenant_hash: TENANT, range: null },
    { turn: true, aliveMs: HOUR_MS },
  );
  const counts = { days_written: 1, sessions: 2 };
  await run({ state: 'done', progress: { done: 1, total: 1 }, counts, error: null });

  const event = flatEvent({ tenant_hash: TENANT, event_id: 'evt_1', session_id: 'sess_mb2k9z' });
  const letters = new DeadLetters(createPublisher(broker));
  for (const event_id of ['evt_1', 'evt_2']) {
    await letters.publish({
      ...{ v: 1, tenant_hash: TENANT, reason: 'invalid', error: 'is required', stream_seq: null },
      ...{ path: '/event_type', session_id: 'sess_mb2k9z', origin: 'browser', attempts: 1 },
      ...{ event: { ...event, event_id, event_type: undefined } },
      ...{ first_ms: started, last_ms: started },
    });
  }
  const slice = eventSlice([{ ...event, event_id: 'evt_3' }]);
  await createPublisher(broker).publish(SUBJECTS.events(TENANT), JSON.stringify(slice));
}

const tenant = { tenant: TENANT };
const week = { ...tenant, range: '7d' };
const ops = { role: 'ops' } as const;
const letter = { parameters: { seq: 1 }, ...ops };
const event = {
  ...{ session_id: 'sess_mb2k9z', event_id: 'evt_1', event_type: 'WIDGET_OPENED' },
  ...{ step_number: 1, timestamp: 1_700_000_000_000, payload: {} },
};

/** By operation id, in the order in which they are sent. */
export const REQUESTS: Record<string, ExampleRequest> = {
  journeys_journey: { parameters: { session_id: 'sess_mb2k1x' } },
  sessions_list: { parameters: { ...week, outcome: 'form_completed' } },
  conversations_summary: { parameters: week },
  conversations_heatmap: { parameters: week },
  conversations_depth: { parameters: week },
  conversations_trend: { parameters: { ...tenant, range: '2d', unit: 'day' } },
  questions_questions: { parameters: week },
  questions_variants: { parameters: { ...week, id: '' } },
  conversations_topics: { parameters: week },
  traffic_attribution: { parameters: week },
  traffic_sources: { parameters: week },
  traffic_links: { parameters: week },
  traffic_visits: { parameters: week },
  forms_summary: { parameters: week },
  forms_funnel: { parameters: { ...week, form: 'volunteer' } },
  forms_bottlenecks: { parameters: week },
  forms_ranking: { parameters: week },
  submissions_submissions: { parameters: week },
  items_popularity: { parameters: week },
  items_items: { parameters: week },
  items_gaps: { parameters: week },
  items_patterns: { parameters: { ...week, depth: 1 } },
  live_live: { parameters: tenant },
  events_events: { parameters: { ...tenant, range: '1d' } },
  check_check: { body: { key: 'wk_1234567', body: { events: [event] } } },
  reports_report: { parameters: { ...week, dashboard: 'conversations' } },
  ops_pipeline: ops,
  ops_list: { parameters: { reason: 'invalid', limit: 1 }, ...ops },
  ops_inspect: letter,
  ops_replay: { ...letter, body: { event, dry_run: true } },
  ops_discard: { parameters: { seq: 2 }, ...ops },
  ops_auditOf: { parameters: tenant, ...ops },
  balance_balance: ops,
  tenantsadmin_list: ops,
  tenantsadmin_create: {
    body: { tenant_hash: 'my87674d777bf9', name: 'Animal rescue', time_zone: 'Europe/Berlin' },
    ...ops,
  },
  tenantsadmin_change: { parameters: tenant, body: { goal_values: { volunteer: 120 } }, ...ops },
  tenantsadmin_addWriteKey: { parameters: tenant, ...ops },
  tenantsadmin_revokeWriteKey: { parameters: { ...tenant, sha256: '' }, ...ops },
  tenantsadmin_rotateServerKey: { parameters: tenant, ...ops },
  erasures_request: {
    body: {
      tenant_hash: TENANT,
      scope: { ga_client_id: '123456789.1702900000' },
      reason: 'case 17',
    },
    ...ops,
  },
  erasures_list: { parameters: tenant, ...ops },
  erasures_get: { parameters: { erasure_id: '' }, ...ops },
  runs_list: { parameters: { ...tenant, command: 'daily' }, ...ops },
  tenant_tenant: { parameters: tenant },
  auth_exchange: { body: { token: '' } },
  auth_session: {},
  auth_signOut: {},
  localsignin_list: {},
  localsignin_signIn: { body: { role: 'viewer', tenant_hash: TENANT } },
};
