/** What is to be erased, as one chooses it, as the API takes it, and in words. Pure. */
import type { ErasureBody, ErasureDto } from '../../api/generated/index.ts';

export const KINDS = [
  { id: 'session', label: 'One session', text: 'Everything of one visit.' },
  { id: 'visitor', label: 'One visitor', text: 'All visits that began with one GA client id.' },
  { id: 'days', label: 'Days', text: 'All visits that began on these days of the tenant.' },
  { id: 'tenant', label: 'Everything', text: 'All data of a tenant. Settings and keys stay.' },
] as const;
export type Kind = (typeof KINDS)[number]['id'];

export interface Choice {
  tenant: string;
  kind: Kind;
  session: string;
  visitor: string;
  from: string;
  to: string;
  reason: string;
}

/** undefined while something is missing. */
export function bodyOf(choice: Choice): ErasureBody | undefined {
  const scope = scopeOf(choice);
  if (!scope || choice.tenant === '') return undefined;
  const reason = choice.reason.trim();
  return {
    tenant_hash: choice.tenant,
    scope,
    ...(reason && { reason }),
    ...(choice.kind === 'tenant' && { confirm: choice.tenant }),
  };
}

function scopeOf({ kind, session, visitor, from, to }: Choice): ErasureBody['scope'] | undefined {
  switch (kind) {
    case 'session':
      return session.trim() ? { session_id: session.trim() } : undefined;
    case 'visitor':
      return visitor.trim() ? { ga_client_id: visitor.trim() } : undefined;
    case 'days':
      return from && to && from <= to ? { from, to } : undefined;
    case 'tenant':
      return { tenant: true };
  }
}

/** What has to be typed to confirm it: the thing itself. */
export const phraseOf = ({ scope, tenant_hash }: ErasureBody): string =>
  'session_id' in scope
    ? scope.session_id
    : 'ga_client_id' in scope
      ? scope.ga_client_id
      : 'from' in scope
        ? `${scope.from} ${scope.to}`
        : tenant_hash;

const HASHED = /^sha256:(.{8}).*/;

/** "Session sess_1", "22 to 23 November"; ids that were erased are fingerprints. */
export function scopeText({ scope }: Pick<ErasureDto, 'scope'>): string {
  const id = (text: string): string => text.replace(HASHED, 'with fingerprint $1…');
  if ('session_id' in scope) return `Session ${id(scope.session_id)}`;
  if ('ga_client_id' in scope) return `Visitor ${id(scope.ga_client_id)}`;
  if ('from' in scope)
    return scope.from === scope.to
      ? `Visits of ${scope.from}`
      : `Visits of ${scope.from} to ${scope.to}`;
  return 'Everything';
}

/** Stores, in the order in which data goes through them. */
const STORES: Record<string, { label: string; what: string }> = {
  sessions: { label: 'Sessions', what: 'found' },
  EVENTS: { label: 'Stream of events', what: 'messages' },
  DLQ: { label: 'Dead letters', what: 'messages' },
  SUMMARIES: { label: 'Live summaries', what: 'messages' },
  session_events: { label: 'Steps', what: 'rows' },
  session_summaries: { label: 'Summaries', what: 'rows' },
  item_clicks: { label: 'Click counters', what: 'rows' },
  analytics_daily: { label: 'Daily figures', what: 'rows' },
  site_traffic: { label: 'Site visits', what: 'rows' },
  archive: { label: 'Archive', what: 'entries' },
};

export const receiptRows = (
  receipt: Record<string, number>,
): { store: string; what: string; removed: number }[] => {
  const order = Object.keys(STORES);
  const place = (store: string): number =>
    (order.indexOf(store) + order.length + 1) % (order.length + 1);
  return Object.entries(receipt)
    .toSorted(([a], [b]) => place(a) - place(b))
    .map(([store, removed]) => {
      const known = STORES[store];
      return {
        store: known?.label ?? store.replaceAll('_', ' '),
        what: known?.what ?? 'removed',
        removed,
      };
    });
};

export const STATES = {
  requested: { label: 'Requested', tone: 'info' },
  running: { label: 'Running', tone: 'info' },
  done: { label: 'Done', tone: 'accent' },
  failed: { label: 'Failed, tried again', tone: 'danger' },
} as const;
