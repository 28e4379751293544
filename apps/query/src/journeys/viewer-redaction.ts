import type { JsonObject, SessionSummary } from '@picasso/contracts';

/**
 * What a viewer sees of a journey: what happened, never what was written.
 *
 * The rule is an allow list. A payload's value is shown only under a key that the event contract
 * (schema 1.0) defines as an id, a label of the tenant's own making, a code, a count or a time.
 * Everything else goes, whatever its type: message text (`content`, `content_preview`, `question`,
 * `answer`, `prompt_text`), a field's `error`, form values, refinements typed into scheduling, and
 * every key that the contract does not know, since unknown fields of public senders are stored.
 */
const SHOWN = new Set([
  // ids
  ...['id', 'branch_id', 'target_branch', 'chip_id', 'cta_id', 'showcase_id', 'item_id', 'form_id'],
  ...['field_id', 'last_field_id', 'submission_id'],
  // labels
  ...[
    'chip_label',
    'cta_label',
    'form_label',
    'field_label',
    'last_field_label',
    'label',
    'link_text',
  ],
  // codes
  ...['trigger', 'trigger_source', 'triggers_form', 'routing_tier', 'chip_action', 'cta_action'],
  ...['cta_type', 'item_type', 'field_type', 'source', 'category', 'reason', 'device_class'],
  // places
  ...['path', 'referrer_host', 'url', 'link_domain'],
  // counts, positions and times
  ...['content_length', 'response_time_ms', 'in_response_to_step', 'prompt_index', 'field_index'],
  ...['last_field_index', 'field_count', 'fields_completed', 'total_fields', 'duration_seconds'],
  ...['dwell_time_seconds', 'start_time'],
]);

/** Lists of ids or links, or of objects that have them. */
const LISTS = new Set(['ctas_shown', 'links_included']);

/** Objects, or lists of them, that hold further keys of the contract. */
const NESTED = new Set(['items', 'items_in_response']);

/** The payload with nothing in it but what a viewer may see. */
export function redactPayload(payload: JsonObject): JsonObject {
  const shown: JsonObject = {};
  for (const [key, value] of Object.entries(payload)) {
    if (LISTS.has(key) && Array.isArray(value)) shown[key] = value.flatMap(redactEntry);
    else if (NESTED.has(key) && Array.isArray(value))
      shown[key] = value.filter(isObject).map(redactPayload);
    else if (NESTED.has(key) && isObject(value)) shown[key] = redactPayload(value);
    else if (SHOWN.has(key) && isPlain(value)) shown[key] = value;
  }
  return shown;
}

const redactEntry = (entry: unknown): unknown[] =>
  isObject(entry) ? [redactPayload(entry)] : isPlain(entry) ? [entry] : [];

const isPlain = (value: unknown): boolean => value === null || typeof value !== 'object';

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The summary without the only text in it. */
export const redactSummary = (summary: SessionSummary): SessionSummary => ({
  ...summary,
  first_question: null,
});
