import { randomBytes } from 'node:crypto';
import type { Tenant, TenantKey } from '@picasso/contracts';
import { hashKey } from '@picasso/storage';
import { notFound } from '../http/problem.ts';

export interface IssuedKey {
  key: string;
  record: TenantKey;
}

export const issueWriteKey = (): IssuedKey => issue('wk');
export const issueServerKey = (): IssuedKey => issue('sk');

/** @throws Problem `not_found` */
export function withoutWriteKey(tenant: Tenant, sha256: string): Tenant {
  const write_keys = tenant.write_keys.filter((key) => key.sha256 !== sha256);
  if (write_keys.length === tenant.write_keys.length) throw notFound();
  return { ...tenant, write_keys };
}

/** 192 random bits, as the tenants' first keys have. */
function issue(prefix: 'wk' | 'sk'): IssuedKey {
  const key = `${prefix}_${randomBytes(24).toString('base64url')}`;
  const created_at = new Date(Date.now()).toISOString();
  return { key, record: { sha256: hashKey(key), hint: key.slice(0, 7), created_at } };
}
