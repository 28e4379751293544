/** A tenant's settings as one edits them, and what of them is sent. Pure. */
import type { TenantDetailsDto, TenantSettingsBody } from '../../api/generated/index.ts';

/** As the API has it where nothing is set. */
export const DEFAULT_HOURS = { days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' };
export const DEFAULT_ACCENT = '#059669';

/** Everything as text, so that half-typed things can be there, too. */
export interface Draft {
  name: string;
  time_zone: string;
  currency: string;
  allowed_origins: string;
  own_hosts: string;
  excluded_addresses: string;
  events_per_second: string;
  dead_letters_per_hour: string;
  days: readonly number[];
  from: string;
  to: string;
  goals: readonly { form: string; value: string }[];
  accent_color: string;
}

type Tenant = Omit<TenantDetailsDto, 'write_keys' | 'server_key' | 'tenant_hash'>;

export function toDraft(tenant: Tenant): Draft {
  const { days, from, to } = tenant.office_hours ?? DEFAULT_HOURS;
  return {
    name: tenant.name,
    time_zone: tenant.time_zone,
    currency: tenant.currency ?? '',
    allowed_origins: tenant.allowed_origins.join('\n'),
    own_hosts: tenant.own_hosts.join('\n'),
    excluded_addresses: tenant.excluded_addresses.join('\n'),
    events_per_second: String(tenant.events_per_second),
    dead_letters_per_hour: String(tenant.dead_letters_per_hour),
    ...{ days, from, to },
    goals: Object.entries(tenant.goal_values ?? {}).map(([form, value]) => ({
      form,
      value: String(value),
    })),
    accent_color: tenant.accent_color ?? DEFAULT_ACCENT,
  };
}

const lines = (text: string): string[] => [
  ...new Set(text.split(/[\s,]+/).filter((line) => line !== '')),
];

function settingsOf(draft: Draft): TenantSettingsBody {
  const goals = draft.goals.filter(({ form }) => form.trim() !== '');
  return {
    name: draft.name.trim(),
    time_zone: draft.time_zone.trim(),
    currency: draft.currency.trim().toUpperCase() || undefined,
    allowed_origins: lines(draft.allowed_origins),
    own_hosts: lines(draft.own_hosts),
    excluded_addresses: lines(draft.excluded_addresses),
    events_per_second: Number(draft.events_per_second),
    dead_letters_per_hour: Number(draft.dead_letters_per_hour),
    office_hours: {
      days: draft.days.toSorted((a, b) => a - b),
      from: draft.from,
      to: draft.to,
    },
    goal_values: Object.fromEntries(goals.map(({ form, value }) => [form.trim(), Number(value)])),
    accent_color: draft.accent_color.toLowerCase(),
  };
}

/** What is different from what is stored: only that is sent. */
export function changesOf(draft: Draft, tenant: Tenant): TenantSettingsBody {
  const before = settingsOf(toDraft(tenant));
  const after = settingsOf(draft);
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) =>
        value !== undefined &&
        JSON.stringify(value) !== JSON.stringify(before[name as keyof TenantSettingsBody]),
    ),
  );
}

const isBetween = (text: string, least: number, most: number): boolean =>
  /^\d+(\.\d+)?$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;

const isWhole = (text: string, least: number, most: number): boolean =>
  isBetween(text, least, most) && Number.isInteger(Number(text));

const ORIGIN = /^https?:\/\/[^/\s]+$/;
const HOUR = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;
const MOST = 1_000_000;

/** Field by field what is wrong; nothing where it can be sent. */
export function problemsOf(draft: Draft, timeZones: ReadonlySet<string>): Record<string, string> {
  const origin = lines(draft.allowed_origins).find((line) => !ORIGIN.test(line));
  const goal = draft.goals.find(
    ({ form, value }) => form.trim() !== '' && !isBetween(value, 0, 1e9),
  );
  const zone = draft.time_zone.trim();
  const found: [string, string | false | undefined][] = [
    ['name', draft.name.trim() === '' && 'A tenant has a name.'],
    ['time_zone', !timeZones.has(zone) && `There is no time zone “${zone}”.`],
    [
      'currency',
      !/^([A-Za-z]{3})?$/.test(draft.currency.trim()) && 'Three letters, such as EUR or USD.',
    ],
    ['allowed_origins', origin && `“${origin}” is no origin: https:// and a host, without a path.`],
    [
      'events_per_second',
      !isWhole(draft.events_per_second, 1, MOST) && 'A whole number from 1 to 1,000,000.',
    ],
    [
      'dead_letters_per_hour',
      !isWhole(draft.dead_letters_per_hour, 0, MOST) && 'A whole number from 0 to 1,000,000.',
    ],
    [
      'hours',
      !(HOUR.test(draft.from) && HOUR.test(draft.to) && draft.from < draft.to) &&
        'It begins before it ends, as hh:mm.',
    ],
    ['goals', goal && `“${goal.form}”: an amount from 0 on.`],
    ['accent_color', !/^#[0-9a-f]{6}$/i.test(draft.accent_color) && 'A colour as #rrggbb.'],
  ];
  return Object.fromEntries(found.filter((entry): entry is [string, string] => Boolean(entry[1])));
}

export const NAMES: Record<string, string> = {
  name: 'name',
  time_zone: 'time zone',
  currency: 'currency',
  allowed_origins: 'origins',
  own_hosts: 'own hosts',
  excluded_addresses: 'excluded addresses',
  events_per_second: 'events a second',
  dead_letters_per_hour: 'dead letters an hour',
  office_hours: 'office hours',
  goal_values: 'goal values',
  accent_color: 'accent colour',
};
