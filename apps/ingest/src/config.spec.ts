import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';

describe('the environment', () => {
  it('may be empty', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      natsUrl: 'nats://127.0.0.1:4222',
      tables: { region: 'us-east-1', prefix: 'picasso-' },
      trustProxy: false,
      fault: undefined,
    });
  });

  it('is read once and frozen', () => {
    const config = readConfig({
      PORT: '8080',
      TRUST_PROXY: '10.0.0.0/8, loopback',
      FAULT_POINT: 'after-publish-ack',
      FAULT_PROBABILITY: '0.25',
    });
    expect(config).toMatchObject({
      port: 8080,
      trustProxy: ['10.0.0.0/8', 'loopback'],
      fault: { point: 'after-publish-ack', probability: 0.25 },
    });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('names everything that is wrong with it', () => {
    const wrong = { PORT: 'http', TRACE_SAMPLING: '2', LOG_LEVEL: 'loud', FAULT_POINT: 'nowhere' };
    for (const name of Object.keys(wrong)) {
      expect(() => readConfig(wrong)).toThrow(name);
    }
  });
});
