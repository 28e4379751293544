/** Events that must not get through, sent among good ones, and the dead letters that they have to become. */
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS, SUBJECTS, type JsonObject } from '@picasso/contracts';
import { postEvents } from '../harness/post.ts';
import type { StackTenant } from '../harness/stack.ts';
import type { Attack, Scene } from './attacks.ts';
import { eventKey, type LedgerEvent } from './ledger.ts';

const PAUSE_MS = 150;

const event = (
  tenant: StackTenant,
  session_id: string,
  step: number,
  timeMs: number,
  more: JsonObject = {},
): JsonObject => ({
  schema_version: '1.0',
  event_id: `evt_${session_id}_${step}`,
  timestamp: new Date(timeMs).toISOString(),
  session_id,
  tenant_hash: tenant.tenant_hash,
  step_number: step,
  sequence_number: step,
  event_type: 'MESSAGE_SENT',
  payload: { content: 'hello', content_length: 5 },
  ...more,
});

const refOf = (tenant: StackTenant, { session_id, event_id }: JsonObject): LedgerEvent => ({
  tenant_hash: tenant.tenant_hash,
  session_id: String(session_id),
  event_id: String(event_id),
  item: null,
});

const post = async ({ stack }: Scene, tenant: StackTenant, events: JsonObject[]) => {
  for (;;) {
    const result = await postEvents({
      url: `${stack.ingest.url}/events`,
      headers: { 'x-write-key': tenant.write_key },
      body: JSON.stringify({
        sent_at: new Date().toISOString(),
        sdk: { name: 'faults', version: '1.0.0' },
        events,
      }),
    });
    if (result.kind === 'answered') return result.answer;
    if (result.kind === 'refused') throw new Error(`${result.status} ${result.body}`);
    await sleep(PAUSE_MS);
  }
};

/** An event with an impossible field between two good ones. */
const sendInvalid = async (scene: Scene, tenant: StackTenant, session: string): Promise<void> => {
  const { ledger } = scene;
  const now = Date.now();
  const [first, bad, last] = [
    event(tenant, session, 1, now),
    event(tenant, session, 2, now, { step_number: -1 }),
    event(tenant, session, 3, now),
  ];
  const good = [refOf(tenant, first), refOf(tenant, last)];
  good.forEach((each) => ledger.willSend(each));
  const { rejected } = await post(scene, tenant, [first, bad, last]);
  if (rejected.length !== 1 || rejected[0]?.index !== 1)
    ledger.wasRefused(`${session}: ${JSON.stringify(rejected)}`);
  good.forEach((each) => ledger.wasAcknowledged(each));
  ledger.expectLetter({ reason: 'invalid', what: eventKey(refOf(tenant, bad)) });
};

/** A session that started too long ago: taken by ingest, turned away by the sessionizer. */
const sendTooLate = async (scene: Scene, tenant: StackTenant, session: string): Promise<void> => {
  const late = event(tenant, session, 1, Date.now() - LIMITS.tooLateMs - 3_600_000);
  await post(scene, tenant, [late]);
  scene.ledger.wasAcknowledged(refOf(tenant, late));
  scene.ledger.expectLetter({ reason: 'too_late', what: eventKey(refOf(tenant, late)) });
};

/** A message that nobody can read, past ingest: as after a bug or an incompatible release. */
const sendGarbage = async (
  { stack, ledger }: Scene,
  tenant: StackTenant,
  id: string,
): Promise<void> => {
  const nc = await connect({
    servers: stack.natsUrl,
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
  });
  try {
    const js = jetstream(nc);
    const publish = () =>
      js.publish(SUBJECTS.events(tenant.tenant_hash), `{"garbage": ${id}`, { msgID: id });
    const { seq } = await publish().catch(async () => {
      // Outcome unknown: the same id again is the same message.
      await sleep(PAUSE_MS * 10);
      return publish();
    });
    ledger.expectLetter({ reason: 'poison', what: `seq:${seq}` });
  } finally {
    await nc.close();
  }
};

/** `times` of each kind. */
export const sendPoison =
  (times: number): Attack =>
  async (scene) => {
    const run = Date.now().toString(36);
    for (let i = 0; i < times; i += 1) {
      const tenant = scene.random.pick(scene.stack.tenants);
      await sendInvalid(scene, tenant, `sess_${run}_invalid_${i}`);
      await sendTooLate(scene, tenant, `sess_${run}_late_${i}`);
      await sendGarbage(scene, tenant, `garbage_${run}_${i}`);
      await sleep(PAUSE_MS);
    }
    return { kills: {}, recoveriesMs: [] };
  };
