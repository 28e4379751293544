/** A tenant as the tenants table keeps it. Keys lie there as SHA-256 only. */
import type { OfficeHours } from './daily.ts';

export interface TenantKey {
  /** Hex SHA-256 of the key; the key itself is shown once, at creation. */
  sha256: string;
  /** First characters of the key, for people who have to tell keys apart. */
  hint: string;
  created_at: string;
}

export interface Tenant {
  tenant_hash: string;
  name: string;
  /** Origins whose pages may send events, e.g. `https://example.org`; empty: any. */
  allowed_origins: string[];
  /** Hosts that count as the tenant's own when a referrer names them; its origins' hosts always do. */
  own_hosts: string[];
  /** Addresses whose visitors are marked `own` and left out of figures. */
  excluded_addresses: string[];
  /** Events per second over all of its pages. */
  events_per_second: number;
  /** Rejected events kept in the DLQ per hour; beyond it they are counted only. */
  dead_letters_per_hour: number;
  /** IANA name. Days and hours of all figures are in it. */
  time_zone: string;
  /** Mon–Fri 09–17 where not given. */
  office_hours?: OfficeHours;
  /** What one completion of a form is worth, by form id, in `currency`. */
  goal_values?: Record<string, number>;
  /** ISO 4217 code of the goal values. */
  currency?: string;
  /** The console's accent for this tenant, `#rrggbb`; ours where not given. */
  accent_color?: string;
  /** Active browser keys, at most two (rotation). */
  write_keys: TenantKey[];
  server_key: TenantKey | null;
}

/** What a key stands for. */
export interface KeyGrant {
  tenant_hash: string;
  origin: 'browser' | 'server';
}
