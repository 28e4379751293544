/** Events and shorthands for the specs of validation. */
import type { JsonObject } from './events.ts';
import type { KeyGrant } from './tenant.ts';
import { openBatch, type ParsedBatch, parseBatch } from './validation.ts';

export const NOW = Date.parse('2026-11-22T14:30:05.000Z');
export const DAY = 24 * 3_600_000;
export const BROWSER: KeyGrant = { tenant_hash: 'tn_sample', origin: 'browser' };
export const SERVER: KeyGrant = { tenant_hash: 'tn_sample', origin: 'server' };
/** 64 hex digits of a text, as SHA-256 has them; whose hash it is does not matter here. */
export const sha256 = (text: string): string =>
  Array.from({ length: 8 }, (_, seed) => {
    let mixed = seed * 0x9e3779b9 + 0x811c9dc5;
    for (const character of text) mixed = Math.imul(mixed ^ character.charCodeAt(0), 0x01000193);
    return (mixed >>> 0).toString(16).padStart(8, '0');
  }).join('');

export function parse(body: unknown, grant = BROWSER): ParsedBatch {
  const batch = openBatch(body);
  if ('error' in batch) throw new Error(batch.message);
  return parseBatch(batch, { grant, received_ms: NOW, sha256 });
}

export const click = (fields: JsonObject = {}): JsonObject => ({
  schema_version: '1.0',
  event_id: 'evt_1',
  timestamp: '2026-11-22T14:30:00.123Z',
  session_id: 'sess_1',
  tenant_hash: 'tn_sample',
  step_number: 5,
  sequence_number: 12,
  event_type: 'CTA_CLICKED',
  payload: { cta_id: 'apply', triggers_form: true },
  ...fields,
});

export const enveloped = (fields: JsonObject = {}): JsonObject => ({
  schema_version: '1.0.0',
  session_id: 'sess_old',
  tenant_id: 'tn_sample',
  timestamp: '2026-11-22T14:30:00.123Z',
  step_number: 3,
  event: { type: 'CTA_CLICKED', payload: { cta_id: 'apply' } },
  ga_client_id: '1.2',
  ...fields,
});

/** The one event of a body that has to be taken whole. */
export const onlyEvent = (body: unknown, grant = BROWSER) => {
  const { slices, rejected } = parse(body, grant);
  const [only] = slices;
  const event = only?.slice.events[0];
  if (!only || !event || slices.length > 1 || only.slice.events.length > 1 || rejected.length > 0) {
    throw new Error(`not exactly one event was taken: ${JSON.stringify({ slices, rejected })}`);
  }
  return { slice: only.slice, event };
};

/** The one rejection of a body that has to be refused whole. */
export const onlyRejection = (body: unknown, grant = BROWSER) => {
  const { slices, rejected } = parse(body, grant);
  const [rejection] = rejected;
  if (!rejection || slices.length > 0 || rejected.length > 1) {
    throw new Error(`not exactly one event was refused: ${JSON.stringify({ slices, rejected })}`);
  }
  return rejection;
};
