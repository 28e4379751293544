import { describe, expect, it } from '@jest/globals';
import { AntiForgery } from './anti-forgery.ts';

const secret = new TextEncoder().encode('k7Qw2vXb9ZrT4nLp8sYd3fHj6gMc1aUe');
const guard = new AntiForgery({ secret });

describe('AntiForgery', () => {
  it('takes the token of this session only', () => {
    const token = guard.token('session-a');
    expect(guard.tokenMatches('session-a', token)).toBe(true);
    for (const other of [guard.token('session-b'), '', `${token}A`, undefined, [token]])
      expect(guard.tokenMatches('session-a', other)).toBe(false);
  });

  it('takes the origin that was asked for', () => {
    expect(guard.originMatches('https://a.example', 'a.example')).toBe(true);
    expect(guard.originMatches('http://127.0.0.1:3002', '127.0.0.1:3002')).toBe(true);
    for (const origin of ['https://b.example', 'https://a.example.evil', 'null', undefined, ''])
      expect(guard.originMatches(origin, 'a.example')).toBe(false);
  });

  it('takes only the configured origin where there is one', () => {
    const behindProxy = new AntiForgery({ secret, consoleOrigin: 'https://console.example' });
    expect(behindProxy.originMatches('https://console.example', 'query.internal')).toBe(true);
    expect(behindProxy.originMatches('https://query.internal', 'query.internal')).toBe(false);
    expect(behindProxy.originMatches('http://console.example', 'query.internal')).toBe(false);
  });
});
