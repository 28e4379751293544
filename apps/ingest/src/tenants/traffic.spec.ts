import { describe, expect, it } from '@jest/globals';
import type { EventSlice, Tenant } from '@picasso/contracts';
import { isBot, trafficOf } from './traffic.ts';
import type { KeyHolder } from './write-keys.ts';

const CHROME = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36';
const GOOGLEBOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

const holder = (origin: 'browser' | 'server', excluded: string[] = []): KeyHolder => ({
  grant: { tenant_hash: 'tn', origin },
  tenant: { tenant_hash: 'tn', excluded_addresses: excluded } as unknown as Tenant,
});
const slice = (userAgent?: string): EventSlice =>
  ({ events: [{}, { context: { user_agent: userAgent } }] }) as unknown as EventSlice;

describe('bots', () => {
  it.each([
    [GOOGLEBOT],
    ['Googlebot/2.1'],
    ['Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0 Safari/537.36'],
    ['facebookexternalhit/1.1'],
  ])('%s is one', (agent) => expect(isBot(agent)).toBe(true));

  it.each([
    [CHROME],
    [''],
    ['curl/8.5.0'],
    ['node'],
    ['python-requests/2.32'],
    ['Grafana k6/1.0'],
    ['okhttp/4.12'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1'],
  ])('%s is none', (agent) => expect(isBot(agent)).toBe(false));
});

describe('traffic', () => {
  it.each([
    ['192.0.2.7', 'own'],
    ['198.51.100.200', 'own'],
    ['198.51.101.1', 'visitor'],
    ['2001:db8::1', 'own'],
    ['2001:db9::1', 'visitor'],
    ['::ffff:192.0.2.7', 'own'],
    ['not an address', 'visitor'],
  ])('of %s is %s', (address, expected) => {
    const excluded = ['192.0.2.7', '198.51.100.0/24', '2001:db8::/32', 'nonsense', '1.2.3.4/99'];
    const traffic = trafficOf(holder('browser', excluded), { address, userAgent: CHROME }, slice());
    expect(traffic).toBe(expected);
  });

  it('of a relay is whose the event’s context says', () => {
    const relay = { address: '192.0.2.1', userAgent: 'okhttp/4.12' };
    expect(trafficOf(holder('browser'), relay, slice(GOOGLEBOT))).toBe('bot');
    expect(trafficOf(holder('browser'), relay, slice(CHROME))).toBe('visitor');
  });

  it('of the chat backend is no bot’s, whatever its own agent', () => {
    const backend = { address: '192.0.2.7', userAgent: 'bot/1.0' };
    expect(trafficOf(holder('server', ['192.0.2.7']), backend, slice())).toBe('visitor');
    expect(trafficOf(holder('server'), backend, slice(GOOGLEBOT))).toBe('bot');
  });
});
