/** Made-up visits for the load: what a page sends, with the clicks that they amount to. */
import type { JsonObject } from '@picasso/contracts';
import type { Random } from '../harness/random.ts';

export interface LoadEvent {
  tenant_hash: string;
  session_id: string;
  event_id: string;
  /** Counter that this event raises by one: `{type}#{id}`; null for anything but a click. */
  item: string | null;
  /** As it is sent. */
  body: JsonObject;
}

interface Step {
  type: string;
  payload: JsonObject;
  item?: string;
}

/** Few items, so that many sessions race for the same counters. */
const TOPICS = ['volunteering', 'donations', 'programs', 'events'];

const turn = (random: Random): Step[] => {
  const topic = random.pick(TOPICS);
  const chip = `chip_${random.pick(TOPICS)}`;
  const cta = `cta_${topic}`;
  const url = `https://example.org/${topic}`;
  const steps: Step[] = [
    { type: 'MESSAGE_SENT', payload: { content: `Tell me about ${topic}`, content_length: 20 } },
    {
      type: 'MESSAGE_RECEIVED',
      payload: {
        content: 'Gladly.',
        content_length: 7,
        response_time_ms: random.int(200, 3_000),
        branch_id: topic,
      },
    },
  ];
  if (random.chance(0.5)) {
    const payload = { chip_id: chip, chip_label: topic, target_branch: topic };
    steps.push({ type: 'ACTION_CHIP_CLICKED', payload, item: `action_chip#${chip}` });
  }
  if (random.chance(0.3)) {
    const payload = {
      cta_id: cta,
      cta_label: topic,
      cta_action: 'show_info',
      triggers_form: false,
    };
    steps.push({ type: 'CTA_CLICKED', payload, item: `cta#${cta}` });
  }
  if (random.chance(0.3)) {
    steps.push({
      type: 'LINK_CLICKED',
      payload: { url, label: topic, source: 'message' },
      item: `link#${url}`,
    });
  }
  return steps;
};

const form = (random: Random): Step[] => {
  const form_id = `form_${random.pick(TOPICS)}`;
  const field = { form_id, field_id: 'email', field_label: 'E-mail', field_index: 0 };
  const steps: Step[] = [
    { type: 'FORM_VIEWED', payload: { form_id, form_label: form_id, trigger_source: 'cta' } },
    { type: 'FORM_STARTED', payload: { form_id, field_count: 1 } },
    { type: 'FORM_FIELD_SUBMITTED', payload: field },
  ];
  if (random.chance(0.6)) {
    steps.push({
      type: 'FORM_COMPLETED',
      payload: { form_id, duration_seconds: 20, fields_completed: 1 },
    });
  }
  return steps;
};

/** A third of the visitors just goes away: only the idle rule ends their sessions. */
const ending = (random: Random): Step[] =>
  random.pick<Step[]>([
    [{ type: 'WIDGET_CLOSED', payload: { dwell_time_seconds: 60 } }],
    [{ type: 'SESSION_ENDED', payload: { reason: 'page_unload' } }],
    [],
  ]);

/**
 * One visit of about 12 to 30 events.
 *
 * @param startMs client time of its first event, epoch milliseconds
 */
export const visit = (
  random: Random,
  tenantHash: string,
  sessionId: string,
  startMs: number,
): LoadEvent[] => {
  const steps: Step[] = [
    { type: 'WIDGET_OPENED', payload: { trigger: 'button' } },
    { type: 'CONVERSATION_STARTED', payload: {} },
  ];
  const length = random.int(10, 24);
  while (steps.length < length) steps.push(...turn(random));
  if (random.chance(0.5)) steps.push(...form(random));
  steps.push(...ending(random));
  let timeMs = startMs;
  return steps.map(({ type, payload, item }, i) => {
    timeMs += random.int(300, 3_000);
    const event_id = `evt_${sessionId}_${i + 1}`;
    return {
      tenant_hash: tenantHash,
      session_id: sessionId,
      event_id,
      item: item ?? null,
      body: {
        schema_version: '1.0',
        event_id,
        timestamp: new Date(timeMs).toISOString(),
        session_id: sessionId,
        tenant_hash: tenantHash,
        step_number: i + 1,
        sequence_number: i + 1,
        event_type: type,
        payload,
        ...(i === 0 && {
          context: { viewport_width: 1280 },
          attribution: { utm_source: 'newsletter', utm_medium: 'email' },
        }),
      },
    };
  });
};
