/** One compiled ajv validator per event type, made from the generated schemas when this loads. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { JsonObject } from './events.ts';
import type { Finding } from './inspect.ts';
import { EVENT_SCHEMAS, UNKNOWN_EVENT_SCHEMA } from './schemas.ts';

const ajv = new Ajv({ allowUnionTypes: true, strictRequired: false });

const byType = new Map<unknown, ValidateFunction>(
  Object.entries(EVENT_SCHEMAS).map(([type, schema]) => [type, ajv.compile(schema)]),
);
const unknown = ajv.compile(UNKNOWN_EVENT_SCHEMA);

/** @param event a flat event; any type, also one that 1.0 does not know */
export function validateEvent(event: JsonObject): Finding | undefined {
  const validate = byType.get(event.event_type) ?? unknown;
  if (validate(event)) return undefined;
  const error = validate.errors?.[0];
  return {
    code: 'invalid',
    path: error ? pathOf(error) : '',
    message: error ? messageOf(error) : 'does not fit its schema',
  };
}

const pathOf = ({ instancePath, keyword, params }: ErrorObject): string =>
  keyword === 'required' ? `${instancePath}/${String(params.missingProperty)}` : instancePath;

function messageOf({ keyword, params, message }: ErrorObject): string {
  if (keyword === 'required') return 'is required';
  if (keyword === 'type') {
    const types = [params.type as string | string[]].flat().filter((type) => type !== 'null');
    return `must be ${types.join(' or ')}`;
  }
  // The pattern itself helps nobody.
  if (keyword === 'pattern') return 'has characters that are not allowed here';
  return message ?? 'does not fit its schema';
}
