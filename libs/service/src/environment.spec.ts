import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { EnvironmentError, readEnvironment } from './environment.ts';
import {
  flag,
  fraction,
  LOGGING,
  OBJECTS,
  objectsOf,
  port,
  TABLES,
  TELEMETRY,
} from './variables.ts';

const VARIABLES = { PORT: port(80), SHARE: fraction(0.5), ON: flag, ...LOGGING, ...TELEMETRY };

describe('the environment', () => {
  it('may be empty, and blank variables are none', () => {
    const defaults = { PORT: 80, SHARE: 0.5, ON: false, LOG_LEVEL: 'info', TRACE_SAMPLING: 0.01 };
    expect(readEnvironment({}, VARIABLES)).toEqual(defaults);
    expect(readEnvironment({ PORT: '', SHARE: '  ', LOG_LEVEL: ' ' }, VARIABLES)).toEqual(defaults);
  });

  it('is trimmed and has its types', () => {
    const env = { PORT: ' 8080 ', SHARE: '0', ON: 'true', LOG_LEVEL: 'warn', HOME: '/root' };
    expect(readEnvironment(env, VARIABLES)).toEqual({
      PORT: 8080,
      SHARE: 0,
      ON: true,
      LOG_LEVEL: 'warn',
      TRACE_SAMPLING: 0.01,
    });
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '80.5'],
    ['PORT', 'http'],
    ['PORT', '1e9'],
    ['SHARE', '1.01'],
    ['SHARE', 'half'],
    ['LOG_LEVEL', 'loud'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'ftp://collector'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector'],
  ])('refuses %s=%s, and does not repeat it', (name, value) => {
    const read = (): unknown => readEnvironment({ [name]: value }, VARIABLES);
    expect(read).toThrow(EnvironmentError);
    expect(read).toThrow(name);
    expect(read).not.toThrow(value);
  });

  it('names everything that is wrong at once, rules between variables included', () => {
    const env = { PORT: 'http', SHARE: '2', TOKEN: 'short' };
    expect(() =>
      readEnvironment(env, { ...VARIABLES, TOKEN: z.string() }, (given) =>
        given['TOKEN'] === 'short' ? ['TOKEN: too short'] : [],
      ),
    ).toThrow(/PORT[^]*SHARE[^]*TOKEN/);
  });

  it('names the bucket after the tables, and needs both halves of a credential', () => {
    const read = (env: Record<string, string>) =>
      objectsOf(readEnvironment(env, { ...TABLES, ...OBJECTS }));
    expect(read({ TABLE_PREFIX: 'x-' }).bucket).toBe('x-journeys');
    expect(read({ S3_ACCESS_KEY_ID: 'a' }).credentials).toBeUndefined();
    expect(read({ S3_ACCESS_KEY_ID: 'a', S3_SECRET_ACCESS_KEY: 'b' }).credentials).toEqual({
      accessKeyId: 'a',
      secretAccessKey: 'b',
    });
  });
});
