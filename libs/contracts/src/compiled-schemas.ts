/**
 * One ajv validator per event type, made from the generated schemas.
 *
 * Compiled when this loads, for specs and scripts. In a built service `tools/build` puts the
 * validators' code in this file's place: nothing is compiled, or even evaluated, in production.
 */
import { Ajv, type ValidateFunction } from 'ajv';
import { AJV_OPTIONS } from './ajv-options.ts';
import { EVENT_SCHEMAS, UNKNOWN_EVENT_SCHEMA } from './schemas.ts';

const ajv = new Ajv(AJV_OPTIONS);

/** By event type; `event` is for types that this version does not know. */
export const VALIDATORS: Readonly<Record<string, ValidateFunction>> = {
  event: ajv.compile(UNKNOWN_EVENT_SCHEMA),
  ...Object.fromEntries(
    Object.entries(EVENT_SCHEMAS).map(([type, schema]) => [type, ajv.compile(schema)]),
  ),
};
