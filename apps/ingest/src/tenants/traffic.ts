/** Whose traffic it is: figures leave out bots and the tenant's own people by default. */
import { BlockList, isIP } from 'node:net';
import type { EventSlice, Tenant, TrafficClass } from '@picasso/contracts';
import { isbot } from 'isbot';
import { LRUCache } from 'lru-cache';
import type { KeyHolder } from './write-keys.ts';

/**
 * HTTP libraries, which isbot counts as bots. With a valid key they speak for visitors: apps,
 * relays and replays. Crawlers run the page's widget and name themselves in its user agent.
 */
const HTTP_LIBRARY =
  /^(?:axios|curl|dart|deno|go-http-client|got|grafana k6|java|k6|node|node-fetch|okhttp|python[\w-]*|undici|wget)(?:[/ ]|$)/i;

const LONGEST_AGENT = 512;
const agents = new LRUCache<string, boolean>({ max: 5_000 });

/** @param userAgent as a browser names itself; empty is no bot */
export function isBot(userAgent: string): boolean {
  const agent = userAgent.slice(0, LONGEST_AGENT);
  let answer = agents.get(agent);
  if (answer === undefined) {
    answer = isbot(agent) && !HTTP_LIBRARY.test(agent);
    agents.set(agent, answer);
  }
  return answer;
}

/** By the tenant's record, which the key cache replaces when it changes. */
const excludedBy = new WeakMap<Tenant, BlockList>();

function excludedAddresses(tenant: Tenant): BlockList {
  let list = excludedBy.get(tenant);
  if (!list) {
    list = new BlockList();
    for (const entry of tenant.excluded_addresses) exclude(list, entry);
    excludedBy.set(tenant, list);
  }
  return list;
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** An address or a network (`192.0.2.0/24`); what is neither excludes nobody. */
function exclude(list: BlockList, entry: string): void {
  const [address = '', prefix] = entry.trim().split('/');
  if (isIP(address) === 0) return;
  try {
    if (prefix === undefined) list.addAddress(address, familyOf(address));
    else list.addSubnet(address, Number(prefix), familyOf(address));
  } catch {
    // A prefix that is too long.
  }
}

/** Who sent a request, as far as the connection tells. */
export interface Sender {
  address: string;
  userAgent: string;
}

/** The chat backend's own agent and address say nothing about the visitor: only the context does. */
export function trafficOf(holder: KeyHolder, sender: Sender, slice: EventSlice): TrafficClass {
  if (holder.grant.origin === 'browser') {
    const excluded = excludedAddresses(holder.tenant);
    if (isIP(sender.address) && excluded.check(sender.address, familyOf(sender.address))) {
      return 'own';
    }
    if (isBot(sender.userAgent)) return 'bot';
  }
  for (const { context } of slice.events) {
    if (typeof context?.user_agent === 'string')
      return isBot(context.user_agent) ? 'bot' : 'visitor';
  }
  return 'visitor';
}
