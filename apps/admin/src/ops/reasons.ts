import type { OpsListData } from '../api/generated/index.ts';

export type Reason = NonNullable<NonNullable<OpsListData['query']>['reason']>;

/** Why events end as dead letters, in words. */
export const REASONS: Record<Reason, { label: string; text: string }> = {
  invalid: { label: 'Invalid', text: 'A field is missing or has an impossible value.' },
  unsupported_schema: {
    label: 'Unsupported schema',
    text: 'Its schema has another major version than ours.',
  },
  tenant_mismatch: { label: 'Other tenant', text: 'It names another tenant than its key.' },
  forbidden_type: { label: 'Needs server key', text: 'Only a backend may send this type.' },
  too_large: { label: 'Too large', text: 'It has more than 32 KB.' },
  too_deep: { label: 'Too deep', text: 'It nests deeper than eight levels.' },
  too_late: { label: 'Too late', text: 'Its session started more than six days before.' },
  session_full: { label: 'Session full', text: 'Its session has 5,000 events or lasts 24 hours.' },
  erased: { label: 'Erased', text: 'Its session was erased on request.' },
  poison: { label: 'Poison', text: 'The message could not be read or stored.' },
};

export const reasonLabel = (reason: string): string => REASONS[reason as Reason]?.label ?? reason;

/** undefined for anything that is no reason. */
export const toReason = (text: string | undefined): Reason | undefined =>
  text !== undefined && Object.hasOwn(REASONS, text) ? (text as Reason) : undefined;
