import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { PAYLOADS } from './dto.ts';
import { EVENT_TYPES } from './events.ts';
import { jsonSchemas } from './json-schemas.ts';
import { BATCH_SCHEMA, ENVELOPE_SCHEMA, EVENT_SCHEMAS, UNKNOWN_EVENT_SCHEMA } from './schemas.ts';
import { validateEvent } from './event-validators.ts';
import { sampleEvent, wrongTypes } from './schema-samples.ts';

describe('schema files', () => {
  it('are what the DTOs say (else run: nx generate-schemas contracts)', () => {
    const committed = {
      ...EVENT_SCHEMAS,
      event: UNKNOWN_EVENT_SCHEMA,
      batch: BATCH_SCHEMA,
      envelope: ENVELOPE_SCHEMA,
    };
    expect(committed).toEqual(JSON.parse(JSON.stringify(jsonSchemas())));
  });
});

describe.each(EVENT_TYPES)('%s', (type) => {
  const dto = PAYLOADS[type];
  const byClassValidator = async (payload: unknown): Promise<boolean> =>
    (await validate(plainToInstance(dto, payload), { forbidUnknownValues: false })).length === 0;
  const byAjv = (payload: unknown): boolean =>
    validateEvent({ ...sampleEvent(type), payload }) === undefined;

  it('accepts a full sample, one with unknown fields and one with nulls', async () => {
    const { payload } = sampleEvent(type);
    for (const variant of [payload, { ...payload, something_new: { deep: [1] } }]) {
      expect(validateEvent({ ...sampleEvent(type), payload: variant })).toBeUndefined();
      expect(await byClassValidator(variant)).toBe(true);
    }
    const required = (EVENT_SCHEMAS[type] as { properties: { payload: { required?: string[] } } })
      .properties.payload.required;
    const nulled = Object.fromEntries(
      Object.entries(payload).map(([key, value]) => [key, required?.includes(key) ? value : null]),
    );
    expect(byAjv(nulled)).toBe(true);
    expect(await byClassValidator(nulled)).toBe(true);
  });

  const cases = wrongTypes(type).filter(({ path }) => path.startsWith('/payload/'));
  if (cases.length > 0) {
    it.each(cases)('$path: $value is refused by ajv and class-validator alike', async (wrong) => {
      expect(validateEvent(wrong.event)).toMatchObject({ code: 'invalid', path: wrong.path });
      expect(await byClassValidator(wrong.event.payload)).toBe(false);
    });
  }
});
