import { describe, expect, it } from '@jest/globals';
import { bodyOf, phraseOf, receiptRows, scopeText, type Choice } from './scope.ts';

const choice = (more: Partial<Choice>): Choice => ({
  ...{ tenant: 'tn', kind: 'session', session: '', visitor: '', from: '', to: '', reason: '' },
  ...more,
});

describe('what is asked for', () => {
  it.each<[Partial<Choice>, object, string, string]>([
    [{ session: ' sess_1 ' }, { session_id: 'sess_1' }, 'sess_1', 'Session sess_1'],
    [{ kind: 'visitor', visitor: '1.2' }, { ga_client_id: '1.2' }, '1.2', 'Visitor 1.2'],
    [
      { kind: 'days', from: '2026-11-01', to: '2026-11-02' },
      { from: '2026-11-01', to: '2026-11-02' },
      '2026-11-01 2026-11-02',
      'Visits of 2026-11-01 to 2026-11-02',
    ],
    [{ kind: 'tenant' }, { tenant: true }, 'tn', 'Everything'],
  ])('%j', (more, scope, phrase, text) => {
    const body = bodyOf(choice(more))!;
    expect(body.scope).toEqual(scope);
    expect(phraseOf(body)).toBe(phrase);
    expect(scopeText(body)).toBe(text);
  });

  it.each<Partial<Choice>>([
    {},
    { session: 'sess_1', tenant: '' },
    { kind: 'visitor' },
    { kind: 'days', from: '2026-11-02', to: '2026-11-01' },
  ])('is not complete: %j', (more) => {
    expect(bodyOf(choice(more))).toBeUndefined();
  });

  it('repeats the tenant only where everything goes', () => {
    expect(bodyOf(choice({ kind: 'tenant' }))?.confirm).toBe('tn');
    expect(bodyOf(choice({ session: 's', kind: 'session' }))?.confirm).toBeUndefined();
  });
});

it('fingerprints stand for ids that are gone', () => {
  const scope = { session_id: `sha256:${'ab12cd34'.repeat(8)}` };
  expect(scopeText({ scope })).toBe('Session with fingerprint ab12cd34…');
});

it('a receipt follows the way of the data, and leaves nothing out', () => {
  const rows = receiptRows({ other_store: 1, session_events: 5, EVENTS: 1, sessions: 1 });
  expect(rows.map(({ store }) => store)).toEqual([
    'Sessions',
    'Stream of events',
    'Steps',
    'other store',
  ]);
});
