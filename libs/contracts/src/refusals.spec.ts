import { describe, expect, it } from '@jest/globals';
import { EVENT_TYPES, type EventType, type JsonObject, LIMITS } from './events.ts';
import type { RejectionCode } from './rejections.ts';
import { sampleEvent, wrongTypes } from './schema-samples.ts';
import {
  BROWSER,
  SERVER,
  parse,
  click,
  enveloped,
  onlyEvent,
  onlyRejection,
} from './validation.fixture.ts';

describe('refusals', () => {
  const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

  const cases: [string, JsonObject, RejectionCode, string][] = [
    [
      'another major version',
      click({ schema_version: '2.0' }),
      'unsupported_schema',
      '/schema_version',
    ],
    ['a version that is none', click({ schema_version: 'one' }), 'invalid', '/schema_version'],
    ['no version', click({ schema_version: undefined }), 'invalid', '/schema_version'],
    [
      "another tenant's hash",
      click({ tenant_hash: 'tn_other' }),
      'tenant_mismatch',
      '/tenant_hash',
    ],
    [
      'another tenant by its old name',
      click({ tenant_id: 'tn_other' }),
      'tenant_mismatch',
      '/tenant_id',
    ],
    [
      'an answer with a browser key',
      click({ event_type: 'QA_COMPLETE' }),
      'forbidden_type',
      '/event_type',
    ],
    ['more than 32 KB', click({ payload: { cta_id: 'x'.repeat(33_000) } }), 'too_large', ''],
    [
      '32 KB of multi-byte text',
      click({ payload: { cta_id: '漢'.repeat(11_000) } }),
      'too_large',
      '',
    ],
    [
      'nine levels',
      click({ payload: { cta_id: 'x', more: nested(7) } }),
      'too_deep',
      '/payload/more/a/a/a/a/a/a',
    ],
    ['no session', click({ session_id: undefined }), 'invalid', '/session_id'],
    ['an empty session', click({ session_id: '' }), 'invalid', '/session_id'],
    ['a long session', click({ session_id: 's'.repeat(129) }), 'invalid', '/session_id'],
    ['a line feed in a session', click({ session_id: 'a\nb' }), 'invalid', '/session_id'],
    ['a long id', click({ event_id: 'e'.repeat(129) }), 'invalid', '/event_id'],
    ['no type', click({ event_type: undefined }), 'invalid', '/event_type'],
    ['no step', click({ step_number: undefined }), 'invalid', '/step_number'],
    ['a null step', click({ step_number: null }), 'invalid', '/step_number'],
    ['a step too high', click({ step_number: 1_000_000 }), 'invalid', '/step_number'],
    ['a negative step', click({ step_number: -1 }), 'invalid', '/step_number'],
    ['half a step', click({ step_number: 1.5 }), 'invalid', '/step_number'],
    ['no payload where one is needed', click({ payload: undefined }), 'invalid', '/payload'],
    ['a list as payload', click({ payload: [] }), 'invalid', '/payload'],
    ['a missing id in the payload', click({ payload: {} }), 'invalid', '/payload/cta_id'],
    [
      'a null in a required field',
      click({ payload: { cta_id: null } }),
      'invalid',
      '/payload/cta_id',
    ],
    [
      'Infinity',
      click({ payload: { cta_id: 'x', n: JSON.parse('[1e999]') } }),
      'invalid',
      '/payload/n/0',
    ],
    ['a number as tenant', click({ tenant_hash: 5 }), 'invalid', '/tenant_hash'],
    [
      'an enveloped missing id',
      enveloped({ event: { type: 'CTA_CLICKED', payload: {} } }),
      'invalid',
      '/event/payload/cta_id',
    ],
    [
      'an enveloped event without type',
      enveloped({ event: { payload: {} } }),
      'invalid',
      '/event/type',
    ],
    [
      'an enveloped answer',
      enveloped({ event: { type: 'QA_COMPLETE' } }),
      'forbidden_type',
      '/event/type',
    ],
    ['an enveloped number as tenant', enveloped({ tenant_id: 5 }), 'invalid', '/tenant_id'],
  ];

  it.each(cases)('%s', (_, event, code, path) => {
    const good = click({ event_id: 'good', session_id: 'sess_good' });
    const { slices, rejected } = parse([good, event, { ...good, event_id: 'good_2' }]);
    expect(rejected).toMatchObject([{ index: 1, code, path, event }]);
    expect(rejected[0]?.message).not.toBe('');
    expect(slices.map(({ indexes }) => indexes)).toEqual([[0, 2]]);
  });

  it.each([['__proto__'], ['constructor'], ['prototype']])('%s as a name, anywhere', (name) => {
    for (const [path, text] of [
      [`/${name}`, JSON.stringify(click()).replace('{', `{"${name}":{"polluted":1},`)],
      [
        `/payload/${name}`,
        JSON.stringify(click()).replace('"payload":{', `"payload":{"${name}":1,`),
      ],
      [
        `/payload/x/0/${name}`,
        JSON.stringify(click()).replace('"payload":{', `"payload":{"x":[{"${name}":1}],`),
      ],
    ] as const) {
      const { slices, rejected } = parse([JSON.parse(text), click()]);
      expect(rejected).toMatchObject([{ index: 0, code: 'invalid', path }]);
      expect(slices).toHaveLength(1);
    }
    expect({}).not.toHaveProperty('polluted');
  });

  it('eight levels are fine, in the envelope too', () => {
    const payload = { cta_id: 'x', more: nested(6) };
    expect(parse(click({ payload })).rejected).toEqual([]);
    expect(parse(enveloped({ event: { type: 'CTA_CLICKED', payload } })).rejected).toEqual([]);
  });

  it('survives a depth that would exhaust the stack', () => {
    const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`) as unknown;
    expect(onlyRejection(click({ payload: { cta_id: 'x', deep } })).code).toBe('too_deep');
  });

  it('never repeats what was sent in a message', () => {
    const secret = 'my phone number is 555';
    for (const event of [click({ event_id: secret.repeat(9) }), click({ timestamp: secret })]) {
      expect(onlyRejection(event).message).not.toContain('555');
    }
  });
});

describe.each(EVENT_TYPES)('%s', (type: EventType) => {
  const grant = type === 'QA_COMPLETE' ? SERVER : BROWSER;

  it('is accepted in the flat shape and in the envelope', () => {
    const sample = sampleEvent(type);
    expect(onlyEvent(sample, grant).event).toMatchObject({ event_type: type, step_number: 3 });
    const { event_type, payload, tenant_hash, ...rest } = sample;
    const old = { ...rest, tenant_id: tenant_hash, event: { type: event_type, payload } };
    expect(onlyEvent(old, grant).event).toEqual(onlyEvent(sample, grant).event);
  });

  it('with a wrong type in any one field is refused at that field, its neighbours taken', () => {
    const wrong = wrongTypes(type);
    expect(wrong.length).toBeGreaterThan(20);
    for (const { path, event } of wrong) {
      const { slices, rejected } = parse([click(), event, click({ event_id: 'evt_2' })], grant);
      expect(rejected).toHaveLength(1);
      expect(rejected[0]).toMatchObject({ index: 1, path: expect.stringContaining(path) });
      expect(slices[0]?.indexes).toEqual([0, 2]);
    }
  });
});

it('the limits are the published ones', () => {
  expect(LIMITS).toMatchObject({
    requestEvents: 500,
    eventBytes: 32_768,
    nesting: 8,
    idLength: 128,
  });
});
