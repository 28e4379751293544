import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv } from 'ajv';

type Json = Record<string, unknown>;

/** OpenAPI 3.0 as JSON Schema: `nullable` beside a reference allows null in place of it, too. */
function toJsonSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(toJsonSchema);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, example: _, ...rest } = schema as Json;
  const plain = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, toJsonSchema(value)]),
  );
  return nullable === true ? { anyOf: [plain, { type: 'null' }] } : plain;
}

export type Mistakes = (schema: unknown, value: unknown) => string[];

/**
 * Checks values against schemas of the description. Objects may have no members that are not
 * described.
 */
export function schemaChecker(document: OpenAPIObject): Mistakes {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const schemas = Object.fromEntries(
    Object.entries(document.components?.schemas ?? {}).map(([name, schema]) => {
      const closed = 'properties' in schema && !('additionalProperties' in schema);
      return [name, toJsonSchema(closed ? { ...schema, additionalProperties: false } : schema)];
    }),
  );
  ajv.addSchema({ $id: 'api', components: { schemas } });
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  return (schema, value) => {
    const text = JSON.stringify(toJsonSchema(schema)).replaceAll('"#/', '"api#/');
    const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text) as object);
    compiled.set(text, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
}
