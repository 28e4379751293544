/** JSON Schemas (draft-07) of the wire contract, computed from the DTOs. */
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { validationMetadatasToSchemas } from 'class-validator-jsonschema';
import { UNION_TYPES } from './dto-decorators.ts';
import { FlatEvent, PAYLOADS } from './dto.ts';
import { Envelope, FlatBatch } from './dto-batch.ts';
import { EVENT_TYPES, LIMITS, SERVER_ONLY_TYPES } from './events.ts';
import type { Schema } from './schemas.ts';

const definitions = validationMetadatasToSchemas({
  // Its typings are OpenAPI 3.0's, which has no type lists; JSON Schema has.
  additionalConverters: Object.fromEntries(
    Object.entries(UNION_TYPES).map(([name, types]) => [name, { type: [...types] as never }]),
  ),
  classTransformerMetadataStorage: defaultMetadataStorage,
}) as Record<string, Schema>;

/** Schema of a DTO, nested ones in place; optional fields may be null. */
const schemaOf = (dto: { name: string }): Schema =>
  inline(definitions[dto.name] ?? { type: 'object' });

function inline(schema: Schema): Schema {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice('#/definitions/'.length);
    const target = definitions[name];
    if (!target) throw new Error(`no DTO is called ${name}`);
    return inline(target);
  }
  const result: Schema = { ...schema };
  if (schema.items) result.items = inline(schema.items);
  if (schema.properties) {
    result.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => {
        const own = inline(property);
        return [name, schema.required?.includes(name) ? own : nullable(own)];
      }),
    );
  }
  return result;
}

const nullable = (schema: Schema): Schema =>
  schema.type === undefined ? schema : { ...schema, type: [schema.type, 'null'].flat() };

const document = (id: string, title: string, schema: Schema): Schema => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: `urn:picasso:journey:1.0:${id}`,
  title,
  ...schema,
});

/** Either name of the client's clock. */
const hasTime = {
  anyOf: [{ required: ['timestamp'] }, { required: ['timestamp_client'] }],
};

/** A whole flat event of one type; `type` null: of a type that this version does not know. */
function eventSchema(type: (typeof EVENT_TYPES)[number] | null): Schema {
  const flat = schemaOf(FlatEvent);
  const properties = { ...flat.properties };
  const required = [...(flat.required ?? [])];
  // An answer's step is in its payload.
  if (type !== 'QA_COMPLETE') {
    required.push('step_number');
    properties.step_number = { ...properties.step_number, type: 'integer' };
  }
  if (type) {
    const payload = schemaOf(PAYLOADS[type]);
    properties.event_type = { const: type };
    properties.payload = payload.required ? payload : nullable(payload);
    if (payload.required) required.push('payload');
  }
  return document(type ?? 'event', type ?? 'An event of a type that 1.0 does not know', {
    ...(type && SERVER_ONLY_TYPES.includes(type) && { description: 'Needs the server key.' }),
    type: 'object',
    properties,
    required,
    ...hasTime,
  });
}

/** Every schema under the name of its file in `schemas/`, without `.json`. */
export function jsonSchemas(): Record<string, Schema> {
  const batch = schemaOf(FlatBatch);
  const envelope = schemaOf(Envelope);
  const bounded = (schema: Schema): Schema => ({
    ...schema,
    properties: {
      ...schema.properties,
      events: { ...schema.properties?.events, maxItems: LIMITS.requestEvents },
    },
  });
  return {
    ...Object.fromEntries(EVENT_TYPES.map((type) => [type, eventSchema(type)])),
    event: eventSchema(null),
    batch: document('batch', "A batch of flat events: our SDK's shape", bounded(batch)),
    envelope: document('envelope', "The deployed widget's shape", bounded(envelope)),
  };
}
