/** Whether an event fits the schema of its type, and if not, where and why. */
import type { ErrorObject, ValidateFunction } from 'ajv';
import { VALIDATORS } from './compiled-schemas.ts';
import type { JsonObject } from './events.ts';
import type { Finding } from './inspect.ts';

const { event: anyEvent, ...byType } = VALIDATORS;
const validators = new Map<unknown, ValidateFunction>(Object.entries(byType));

/** @param event a flat event; any type, also one that 1.0 does not know */
export function validateEvent(event: JsonObject): Finding | undefined {
  const validate = validators.get(event.event_type) ?? anyEvent!;
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
