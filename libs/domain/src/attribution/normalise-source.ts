import type { JsonObject } from '@picasso/contracts';
import { searchEngineOfApp, searchEngineOfHost } from './search-engines.ts';

/** Where a visit came from, in lower case; at most 128 characters each. */
export interface TrafficSource {
  source: string;
  medium: string;
}

const DIRECT: TrafficSource = { source: 'direct', medium: 'none' };

/** How GA4 writes what we write without brackets; `(not set)` is no value at all. */
const GA4_WORDS: ReadonlyMap<string, string> = new Map([
  ['(direct)', 'direct'],
  ['(none)', 'none'],
  ['(not set)', ''],
]);

const MAX_LENGTH = 128;

/**
 * The traffic source that an attribution amounts to, the first that holds:
 * `utm_source` (with `utm_medium`, else `none`); a click id (`gclid`: google/cpc, `fbclid`:
 * facebook/paid); the referrer (a known search engine: its name/organic, one of `ownHosts` or a
 * subdomain of it: nothing, any other host without `www.`: host/referral); direct/none.
 *
 * @param ownHosts host names of the tenant, with or without `www.` and port
 */
export function normaliseSource(
  attribution: JsonObject | undefined,
  ownHosts: readonly string[],
): TrafficSource {
  const utmSource = word(attribution, 'utm_source');
  if (utmSource !== '') {
    return { source: utmSource, medium: word(attribution, 'utm_medium') || 'none' };
  }
  if (word(attribution, 'gclid') !== '') return { source: 'google', medium: 'cpc' };
  if (word(attribution, 'fbclid') !== '') return { source: 'facebook', medium: 'paid' };
  return referrerSource(word(attribution, 'referrer', Infinity), ownHosts) ?? { ...DIRECT };
}

/** Trimmed, in lower case, in our words; empty where there is no text. */
function word(attribution: JsonObject | undefined, name: string, maxLength = MAX_LENGTH): string {
  if (attribution === undefined || !Object.hasOwn(attribution, name)) return '';
  const value = attribution[name];
  if (typeof value !== 'string') return '';
  const text = value.trim().toLowerCase();
  return (GA4_WORDS.get(text) ?? text).slice(0, maxLength);
}

function referrerSource(referrer: string, ownHosts: readonly string[]): TrafficSource | undefined {
  // A bare word is no address: GA4's "(direct)" turns up here, too.
  if (!/:\/\/|\./.test(referrer)) return undefined;
  const app = /^android-app:\/\/([^/?#]+)/.exec(referrer)?.[1];
  if (app !== undefined) {
    const engine = searchEngineOfApp(app);
    return engine === undefined ? referral(app) : { source: engine, medium: 'organic' };
  }
  const host = hostOf(referrer);
  if (host === undefined || ownHosts.some((own) => isWithin(host, hostOf(own)))) return undefined;
  const engine = searchEngineOfHost(host);
  return engine === undefined ? referral(host) : { source: engine, medium: 'organic' };
}

function referral(host: string): TrafficSource {
  return { source: host.slice(0, MAX_LENGTH), medium: 'referral' };
}

/** The host of a web address, with or without its scheme; without `www.`, port and final dot. */
function hostOf(address: string): string | undefined {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(address);
  const text = hasScheme ? address : `https://${address}`;
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') return undefined;
  const host = hostname.replace(/\.$/, '').replace(/^www\./, '');
  return host === '' ? undefined : host;
}

function isWithin(host: string, domain: string | undefined): boolean {
  return domain !== undefined && (host === domain || host.endsWith(`.${domain}`));
}
