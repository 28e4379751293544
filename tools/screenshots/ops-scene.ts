/** What operators meet: events that were not taken, some that were, an erasure, the runs of both. */
import { ErasureStore } from '@picasso/storage';
import { runAggregator } from '../harness/aggregator.ts';
import type { DemoStack } from './demo-stack.ts';

const HOUR_MS = 3_600_000;
/** The row of a session lasts longer than this, but nothing is merged into it any more. */
const TOO_LATE_MS = 7 * 24 * HOUR_MS;

const event = (session_id: string, more: object): object => ({
  schema_version: '1.0',
  event_id: `evt_${Math.random().toString(36).slice(2)}`,
  timestamp: new Date().toISOString(),
  session_id,
  step_number: 1,
  sequence_number: 1,
  event_type: 'WIDGET_OPENED',
  payload: { trigger: 'button' },
  ...more,
});

const nested = (levels: number): object => (levels === 0 ? {} : { inner: nested(levels - 1) });

/** One for most of the reasons that there are. */
const wrong = (session: string): object[] => [
  event(session, { event_type: 7 }),
  event(session, { event_type: 'CTA_CLICKED', payload: { cta_id: 12, cta_label: 'Apply' } }),
  event(session, { step_number: -1 }),
  event(session, { timestamp: 'yesterday' }),
  event(session, { schema_version: '2.0' }),
  event(session, { tenant_hash: 'somebody_else' }),
  event(session, {
    event_type: 'QA_COMPLETE',
    payload: { question: 'Open?', answer: 'Yes.', in_response_to_step: 1 },
  }),
  event(session, { payload: nested(9) }),
  event(`${session}_old`, { timestamp: new Date(Date.now() - TOO_LATE_MS).toISOString() }),
];

export async function send(
  { stack, tenant }: Pick<DemoStack, 'stack' | 'tenant'>,
  events: readonly object[],
  of = tenant,
): Promise<void> {
  const { write_key } = stack.tenants.find(({ tenant_hash }) => tenant_hash === of)!;
  const answer = await fetch(`${stack.ingest.url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-write-key': write_key },
    body: JSON.stringify(events),
  });
  if (answer.status !== 202) throw new Error(`ingest answered ${answer.status}`);
}

/** Carries out what was requested, as the aggregator in the cluster does all the time. */
export const carryOutErasures = ({ stack, aggregator }: DemoStack): Promise<void> =>
  runAggregator(['erase', '--requested'], {
    ...aggregator,
    engines: { ...aggregator.engines, nats: stack.natsUrl },
  });

/** Brings the stack into a state with something to see. */
export async function setOpsScene(demo: DemoStack): Promise<void> {
  const { stack, tenant, foreign } = demo;
  const good = Array.from({ length: 40 }, (_, i) =>
    event(`sess_scene_${i % 8}`, { step_number: i + 1, sequence_number: i + 1 }),
  );
  await send(demo, good);
  // The same again: duplicates.
  await send(demo, good.slice(0, 5));
  await send(demo, wrong('sess_scene_wrong'));
  await send(demo, wrong('sess_scene_wrong').slice(0, 3), foreign.tenant);
  const erasures = new ErasureStore(stack.tables);
  const requested_by = 'operator@example.org';
  const reason = 'Case 2026-118';
  const scope = { session_id: 'sess_scene_7' };
  await erasures.request({ tenant_hash: tenant, scope, reason, requested_by }, Date.now());
  await carryOutErasures(demo);
  await erasures.request(
    { tenant_hash: tenant, scope: { ga_client_id: '123456789.1702900000' }, reason, requested_by },
    Date.now(),
  );
}
