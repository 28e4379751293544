import { describe, expect, it } from '@jest/globals';
import { unitsIn } from './write-units.ts';

describe('unitsIn', () => {
  it('reads the counter by table, whatever other labels and metrics there are', () => {
    const exposition = [
      '# HELP dynamodb_consumed_write_units_total Write units',
      '# TYPE dynamodb_consumed_write_units_total counter',
      'dynamodb_consumed_write_units_total{table="picasso-session-events"} 120',
      'dynamodb_consumed_write_units_total{service="sessionizer",table="picasso-tenants"} 4.5',
      'dynamodb_consumed_write_units_total{service="other",table="picasso-tenants"} 1',
      'other_total{table="picasso-session-events"} 7',
    ].join('\n');
    expect(unitsIn(exposition)).toEqual({ 'session-events': 120, tenants: 5.5 });
  });

  it('is empty where the counter is not there', () => {
    expect(unitsIn('up 1\n')).toEqual({});
  });
});
