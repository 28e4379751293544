import { describe, expect, it } from '@jest/globals';
import type { SessionSummary } from '@picasso/contracts';
import { FROM_SERVER, session, START_MS, type Step, summaryOf } from '../event-builder.fixture.ts';
import { sameContent, sessionSkew, summarise } from './session-summary.ts';

const iso = (offsetMs: number) => new Date(START_MS + offsetMs).toISOString();

describe('start, end and duration', () => {
  it('are the first and last client time', () => {
    const summary = summaryOf(session('WIDGET_OPENED', 'MESSAGE_SENT', 'WIDGET_CLOSED'));
    expect(summary).toMatchObject({ started_at: iso(0), ended_at: iso(2000), duration_ms: 2000 });
  });

  it('are shifted by the skew, the duration is not', () => {
    const summary = summaryOf(session('WIDGET_OPENED', 'MESSAGE_SENT'), { skew_ms: -60_000 });
    expect(summary).toMatchObject({
      started_at: iso(-60_000),
      ended_at: iso(-59_000),
      duration_ms: 1000,
      skew_ms: -60_000,
    });
  });

  it('are the earliest and latest time where the order of steps says otherwise', () => {
    const events = session('WIDGET_OPENED', [
      'MESSAGE_SENT',
      {},
      { timestamp_ms: START_MS - 5000 },
    ]);
    expect(summaryOf(events)).toMatchObject({
      started_at: iso(-5000),
      ended_at: iso(0),
      duration_ms: 5000,
    });
  });

  it('are not extended by a timeout', () => {
    const events = session('WIDGET_OPENED', 'MESSAGE_SENT');
    const open = summaryOf(events);
    expect(summaryOf(events, { timed_out: true })).toEqual({ ...open, closed_by: 'timeout' });
  });

  it.each([-3_600_000, 3_600_000])(
    'are not extended by the backend, its clock off by %i',
    (offset) => {
      const events = session('MESSAGE_SENT', 'MESSAGE_RECEIVED', [
        'QA_COMPLETE',
        {},
        { ...FROM_SERVER, timestamp_ms: START_MS + offset },
      ]);
      expect(summaryOf(events)).toMatchObject({
        started_at: iso(0),
        ended_at: iso(1000),
        duration_ms: 1000,
        event_count: 3,
      });
    },
  );

  it('are the backend’s where there is nothing else', () => {
    const events = session(['QA_COMPLETE', {}, FROM_SERVER], ['FORM_COMPLETED', {}, FROM_SERVER]);
    expect(summaryOf(events)).toMatchObject({ started_at: iso(0), duration_ms: 1000 });
  });

  it('stay dates that sort as text, whatever a client claims', () => {
    const far = session(
      ['MESSAGE_SENT', {}, { timestamp_ms: 8.64e15 }],
      ['MESSAGE_SENT', {}, { timestamp_ms: -8e15 }],
    );
    expect(summaryOf(far, { skew_ms: 8e15 })).toMatchObject({
      started_at: '1970-01-01T00:00:00.000Z',
      ended_at: '9999-12-31T23:59:59.999Z',
    });
  });
});

describe('counts', () => {
  it('take each event id once', () => {
    const events = session('MESSAGE_SENT', 'MESSAGE_SENT');
    const summary = summaryOf([...events, ...events]);
    expect(summary).toMatchObject({ event_count: 2, message_count: 2 });
  });

  it('include events of unknown types', () => {
    expect(summaryOf(session('WIDGET_OPENED', 'SOMETHING_NEW')).event_count).toBe(2);
  });
});

describe('the outcome', () => {
  const outcome = (...steps: Step[]) => summaryOf(session(...steps), { timed_out: true }).outcome;
  const start: Step = ['FORM_STARTED', { form_id: 'f' }];
  const complete: Step = ['FORM_COMPLETED', { form_id: 'f' }];

  it('is the first that holds', () => {
    const steps: Step[] = ['WIDGET_OPENED'];
    const wanted = ['browsing'];
    const got = [outcome(...steps)];
    for (const [step, name] of [
      ['MESSAGE_SENT', 'conversation'],
      ['CTA_CLICKED', 'cta_clicked'],
      ['LINK_CLICKED', 'link_clicked'],
      [start, 'form_abandoned'],
      [complete, 'form_completed'],
      [start, 'form_completed'],
    ] as [Step, string][]) {
      steps.push(step);
      wanted.push(name);
      got.push(outcome(...steps));
    }
    expect(got).toEqual(wanted);
  });

  it('is no abandon for an abandon without attempt, nor while the attempt is open', () => {
    expect(outcome(['FORM_ABANDONED', { form_id: 'f' }])).toBe('browsing');
    expect(summaryOf(session('MESSAGE_SENT', start)).outcome).toBe('conversation');
    expect(summaryOf(session('MESSAGE_SENT', start, 'SESSION_ENDED')).outcome).toBe(
      'form_abandoned',
    );
  });

  it('is browsing for answers, chips and showcases alone', () => {
    expect(outcome('MESSAGE_RECEIVED', 'ACTION_CHIP_CLICKED', 'SHOWCASE_CTA_CLICKED')).toBe(
      'browsing',
    );
  });
});

describe('opened', () => {
  it.each([
    ['WIDGET_OPENED', true],
    ['MESSAGE_SENT', true],
    ['WIDGET_CLOSED', true],
    ['FORM_VIEWED', true],
    ['SOMETHING_NEW', true],
    ['PAGE_VIEW', false],
    ['SESSION_ENDED', false],
  ])('with %s alone: %s', (type, opened) => {
    expect(summaryOf(session(type)).opened).toBe(opened);
  });
});

describe('page views', () => {
  it('are what a pv_ session holds that has nothing else', () => {
    const summary = summaryOf(session('PAGE_VIEW', 'PAGE_VIEW'), { session_id: 'pv_1' });
    expect(summary).toMatchObject({
      kind: 'page_view',
      opened: false,
      outcome: 'browsing',
      path: [],
    });
  });

  it('are sessions like any under another name or with other events', () => {
    expect(summaryOf(session('PAGE_VIEW'))).toMatchObject({ kind: 'session', path: ['PV'] });
    const mixed = session('PAGE_VIEW', 'WIDGET_OPENED');
    expect(summaryOf(mixed, { session_id: 'pv_1' }).kind).toBe('session');
    expect(summaryOf(session('PAGE_VIEW'), { session_id: 'xpv_1' }).kind).toBe('session');
  });
});

describe('traffic', () => {
  const traffic = (...marks: ('visitor' | 'own' | 'bot')[]) =>
    summaryOf(session(...marks.map((mark): Step => ['MESSAGE_SENT', {}, { traffic: mark }])))
      .traffic;

  it('is marked by any of its events, bots first', () => {
    expect(traffic('visitor', 'visitor')).toBe('visitor');
    expect(traffic('visitor', 'own')).toBe('own');
    expect(traffic('own', 'visitor', 'bot')).toBe('bot');
  });

  it('is not marked by the backend, whose requests look like a bot’s', () => {
    const backend: Step = ['QA_COMPLETE', {}, { ...FROM_SERVER, traffic: 'bot' }];
    expect(summaryOf(session('MESSAGE_SENT', backend)).traffic).toBe('visitor');
  });
});

describe('attribution', () => {
  const withAttribution = (...objects: (Record<string, unknown> | undefined)[]) =>
    summaryOf(
      session(
        ...objects.map((attribution): Step => ['PAGE_VIEW', {}, attribution && { attribution }]),
      ),
      {
        own_hosts: ['example.org'],
      },
    ).attribution;

  it('is the first that says anything, with its source', () => {
    const first = { utm_source: 'Newsletter', utm_medium: 'email', landing_page: '/a' };
    expect(
      withAttribution(undefined, {}, { referrer: '', gclid: null }, first, { utm_source: 'x' }),
    ).toEqual({
      ...first,
      source: 'newsletter',
      medium: 'email',
    });
  });

  it('is direct/none where nothing was said', () => {
    expect(withAttribution(undefined, {})).toEqual({ source: 'direct', medium: 'none' });
  });

  it('takes the tenant’s own hosts for no source', () => {
    const referrer = 'https://www.example.org/x';
    expect(withAttribution({ referrer })).toEqual({ referrer, source: 'direct', medium: 'none' });
  });

  it('has our source, whatever source the page claims', () => {
    expect(withAttribution({ source: 'x', medium: 'y', gclid: 'z' })).toMatchObject({
      source: 'google',
      medium: 'cpc',
    });
  });

  it('goes by the order of steps, not of arrival', () => {
    const events = session(
      ['PAGE_VIEW', {}, { attribution: { utm_source: 'a' } }],
      ['PAGE_VIEW', {}, { attribution: { utm_source: 'b' } }],
    );
    expect(summaryOf(events.toReversed()).attribution.source).toBe('a');
  });
});

describe('context and GA client id', () => {
  it('are the first that say anything', () => {
    const summary = summaryOf(
      session(
        ['PAGE_VIEW', {}, { context: {}, ga_client_id: '' }],
        ['PAGE_VIEW', {}, { context: { viewport_width: 0, user_agent: 'x' }, ga_client_id: '1.2' }],
        ['PAGE_VIEW', {}, { context: { user_agent: 'y' }, ga_client_id: '3.4' }],
      ),
    );
    expect(summary.context).toEqual({ user_agent: 'x', viewport_width: 0 });
    expect(summary.ga_client_id).toBe('1.2');
  });

  it('are null where nobody gave them', () => {
    expect(summaryOf(session('PAGE_VIEW'))).toMatchObject({ context: null, ga_client_id: null });
  });
});

describe('missing', () => {
  it('counts gaps in the sequence numbers', () => {
    const [a, , c, , , f] = session(...Array.from({ length: 6 }, () => 'MESSAGE_SENT'));
    expect(summaryOf([a!, c!, f!]).missing).toBe(3);
    expect(summaryOf([a!]).missing).toBe(0);
  });

  it('is null without numbers', () => {
    const events = session(['MESSAGE_SENT', {}, { sequence_number: null }]);
    expect(summaryOf(events).missing).toBeNull();
  });

  it('is not touched by events of the backend', () => {
    expect(summaryOf(session('MESSAGE_SENT', ['QA_COMPLETE', {}, FROM_SERVER])).missing).toBe(0);
  });
});

describe('a summary', () => {
  it('takes over tenant, session, revision and skew', () => {
    const input = { tenant_hash: 'tn_1', session_id: 'sess_9', revision: 3, skew_ms: 7000 };
    expect(summaryOf(session('PAGE_VIEW'), input)).toMatchObject(input);
  });

  it('needs at least one event', () => {
    expect(() => summaryOf([])).toThrow(RangeError);
  });

  it('leaves frozen input alone', () => {
    const events = Object.freeze(
      session('MESSAGE_SENT', 'WIDGET_CLOSED')
        .map((e) => Object.freeze(e))
        .reverse(),
    );
    expect(summaryOf(events).closed_by).toBe('client');
  });

  it.each([
    ['plain', 'x'.repeat(240)],
    ['multi-byte', 'ü'.repeat(120)],
    ['escaped', '\u0001'.repeat(40)],
    ['half characters', '\ud800'.repeat(40)],
    ['huge', '"'.repeat(3000)],
  ])('fits a table item, whatever is sent: %s ids', (_, filler) => {
    const bloated = Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`k${n}`, filler]));
    const fields = { context: bloated, attribution: bloated, ga_client_id: filler };
    const steps: Step[] = [['MESSAGE_SENT', { content: '\u0001'.repeat(2000) }, fields]];
    for (let n = 0; n < 600; n += 1) {
      const id = `${n}${filler}`;
      const items = [
        { item_type: 'cta', item_id: id },
        { item_type: filler, item_id: id },
      ];
      steps.push(
        ['CTA_CLICKED', { cta_id: id }],
        ['ITEMS_SHOWN', { items }],
        ['MESSAGE_RECEIVED', { branch_id: id }],
        ['FORM_STARTED', { form_id: id }],
        ['FORM_ABANDONED', { form_id: id, last_field_id: id }],
      );
    }
    const summary = summaryOf(session(...steps));
    expect(Object.keys(summary.clicks)).toHaveLength(500);
    expect(Object.keys(summary.forms)).toHaveLength(64);
    expect(Buffer.byteLength(JSON.stringify(summary))).toBeLessThan(380_000);
  });

  it('takes milliseconds for the longest session', () => {
    const types = [
      'MESSAGE_SENT',
      'MESSAGE_RECEIVED',
      'CTA_CLICKED',
      'FORM_STARTED',
      'FORM_COMPLETED',
    ];
    const steps = Array.from({ length: 5000 }, (_, n): Step => {
      const payload = {
        content: 'Hello',
        cta_id: `c${n % 300}`,
        form_id: `f${n % 7}`,
        ctas_shown: ['a', 'b'],
      };
      return [types[n % types.length]!, payload];
    });
    const events = session(...steps);
    const started = performance.now();
    for (let n = 0; n < 5; n += 1) summaryOf(events);
    // About 5 ms each when measured; the margin is for a busy machine, quadratic work takes seconds.
    expect((performance.now() - started) / 5).toBeLessThan(250);
  });
});

describe('sameContent', () => {
  const summary = summaryOf(
    session('MESSAGE_SENT', ['CTA_CLICKED', { cta_id: 'a' }], 'WIDGET_CLOSED'),
  );

  it('does not look at the revision', () => {
    expect(sameContent({ ...summary, revision: 2 }, { ...summary, revision: 5 })).toBe(true);
  });

  it('does not look at the order of keys, which tables do not keep', () => {
    const reversed = Object.fromEntries(
      Object.entries(summary).reverse(),
    ) as unknown as SessionSummary;
    expect(sameContent(summary, reversed)).toBe(true);
  });

  it.each([
    { skew_ms: 1 },
    { closed_by: null },
    { clicks: {} },
    { clicks: { 'cta#a': 2 } },
    { topics: ['x'] },
    { attribution: { source: 'x', medium: 'none' } },
  ] as Partial<SessionSummary>[])('sees %j', (change) => {
    expect(sameContent(summary, { ...summary, ...change })).toBe(false);
  });
});

describe('sessionSkew', () => {
  it.each([
    [null, 0],
    [0, 0],
    [4999, 0],
    [-4999, 0],
    [5000, 5000],
    [-5000, -5000],
    [3_600_000, 3_600_000],
  ])('of a batch with %p ms is %i', (batch, skew) => {
    expect(sessionSkew(batch)).toBe(skew);
  });
});

it('summarise takes what it needs and no clock: the same call gives the same bytes', () => {
  const input = {
    tenant_hash: 't',
    session_id: 's',
    events: session('MESSAGE_SENT'),
    skew_ms: 0,
    own_hosts: [],
    timed_out: true,
    revision: 0,
  };
  expect(JSON.stringify(summarise(input))).toBe(JSON.stringify(summarise(structuredClone(input))));
});
