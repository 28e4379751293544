import { describe, expect, it } from '@jest/globals';
import { changesOf, problemsOf, toDraft, type Draft } from './settings.ts';

const tenant = {
  ...{ name: 'Acme', time_zone: 'UTC', allowed_origins: ['https://acme.example'] },
  ...{
    own_hosts: [],
    excluded_addresses: [],
    events_per_second: 500,
    dead_letters_per_hour: 1_000,
  },
};
const zones = new Set(['UTC', 'Europe/Berlin']);
const draft = (more: Partial<Draft> = {}): Draft => ({ ...toDraft(tenant), ...more });

it('sends nothing when nothing was changed', () => {
  expect(changesOf(draft(), tenant)).toEqual({});
  expect(changesOf(draft({ allowed_origins: ' https://acme.example\n\n' }), tenant)).toEqual({});
});

it('sends what was changed', () => {
  const changes = changesOf(
    draft({
      time_zone: 'Europe/Berlin',
      allowed_origins: 'https://acme.example\nhttps://www.acme.example, https://acme.example',
      currency: 'eur',
      days: [6, 1],
      goals: [
        { form: 'apply', value: '12.5' },
        { form: ' ', value: '' },
      ],
    }),
    tenant,
  );
  expect(changes).toEqual({
    time_zone: 'Europe/Berlin',
    allowed_origins: ['https://acme.example', 'https://www.acme.example'],
    currency: 'EUR',
    office_hours: { days: [1, 6], from: '09:00', to: '17:00' },
    goal_values: { apply: 12.5 },
  });
});

describe('problems', () => {
  it('are none of what is stored', () => {
    expect(problemsOf(draft(), zones)).toEqual({});
  });

  it.each<[string, Partial<Draft>]>([
    ['name', { name: ' ' }],
    ['time_zone', { time_zone: 'Mars/Olympus' }],
    ['currency', { currency: 'Euro' }],
    ['allowed_origins', { allowed_origins: 'https://a.example/path' }],
    ['allowed_origins', { allowed_origins: 'a.example' }],
    ['events_per_second', { events_per_second: '0' }],
    ['events_per_second', { events_per_second: '1.5' }],
    ['dead_letters_per_hour', { dead_letters_per_hour: '-1' }],
    ['hours', { from: '17:00', to: '09:00' }],
    ['goals', { goals: [{ form: 'apply', value: 'much' }] }],
    ['accent_color', { accent_color: 'green' }],
  ])('of %s: %j', (field, more) => {
    expect(Object.keys(problemsOf(draft(more), zones))).toEqual([field]);
  });
});
