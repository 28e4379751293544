import { describe, expect, it } from '@jest/globals';
import { LOCAL_SECRET, readConfig } from './config.ts';

const SECRET = 'k7Qw2vXb9ZrT4nLp8sYd3fHj6gMc1aUe';

describe('readConfig', () => {
  it('takes a secret of 32 bytes and fills in the rest', () => {
    const config = readConfig({ JWT_SECRET: SECRET });
    expect(config).toMatchObject({
      host: '0.0.0.0',
      port: 3002,
      tables: { region: 'us-east-1', prefix: 'picasso-' },
      auth: { localMode: false },
    });
    expect(config.auth.secret).toHaveLength(32);
    expect(Object.isFrozen(config)).toBe(true);
  });

  it.each<[string, Record<string, string>]>([
    ['no secret', {}],
    ['an empty one', { JWT_SECRET: '' }],
    ['31 bytes', { JWT_SECRET: SECRET.slice(1) }],
    ['31 bytes in local mode', { JWT_SECRET: SECRET.slice(1), LOCAL_MODE: '1' }],
    ['the local one', { JWT_SECRET: LOCAL_SECRET }],
    ['a placeholder', { JWT_SECRET: 'please-change-me-before-you-deploy-this' }],
    ['one character', { JWT_SECRET: 'a'.repeat(64) }],
    ['the local one open to the network', { LOCAL_MODE: '1', HOST: '0.0.0.0' }],
    ['a secret and JWKS without one', { JWKS_URL: 'https://id.example.org/keys' }],
  ])('refuses to start with %s', (_, env) => {
    expect(() => readConfig(env)).toThrow(/JWT_SECRET/);
  });

  it('counts bytes, not characters', () => {
    expect(() => readConfig({ JWT_SECRET: 'äöüßéèêñ§µ¶æøåçð' })).not.toThrow();
  });

  it('has a secret of its own in local mode on loopback only', () => {
    const { auth, host } = readConfig({ LOCAL_MODE: '1' });
    expect(host).toBe('127.0.0.1');
    expect(Buffer.from(auth.secret).toString()).toBe(LOCAL_SECRET);
  });

  it('says everything that is wrong at once, and no value', () => {
    const env = { JWT_SECRET: 'too-short', PORT: 'x', LOG_LEVEL: 'loud', JWKS_URL: 'ftp://h' };
    expect(() => readConfig(env)).toThrow(/PORT[^]*JWKS_URL[^]*LOG_LEVEL[^]*JWT_SECRET/);
    expect(() => readConfig(env)).not.toThrow(/too-short|loud|ftp/);
  });
});
