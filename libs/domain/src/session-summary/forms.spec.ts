import { describe, expect, it } from '@jest/globals';
import { FROM_SERVER, session, type Step } from '../event-builder.fixture.ts';
import { formFigures } from './forms.ts';

const ended = (...steps: Step[]) => formFigures(session(...steps), true);
const open = (...steps: Step[]) => formFigures(session(...steps), false);
const on = (type: string, payload: object = {}, form_id: unknown = 'contact'): Step => [
  `FORM_${type}`,
  { form_id, ...payload },
];
const field = (field_id: string): Step => on('FIELD_SUBMITTED', { field_id });
const counts = { views: 0, starts: 0, completions: 0, abandons: 0, duration_ms_sum: 0 };

describe('an attempt', () => {
  it('ends at its completion', () => {
    const result = ended(
      on('VIEWED'),
      on('STARTED'),
      field('name'),
      on('COMPLETED', { duration_seconds: 12 }),
    );
    expect(result.forms).toEqual({
      contact: { views: 1, starts: 1, completions: 1, abandons: 0, duration_ms_sum: 12_000 },
    });
    expect(result).toMatchObject({ bottlenecks: [], abandons: 0 });
  });

  it('ends at FORM_ABANDONED as one abandon', () => {
    const result = ended(on('STARTED'), on('ABANDONED'));
    expect(result.forms).toEqual({ contact: { ...counts, starts: 1, abandons: 1 } });
  });

  it('ends at a new start of the same form as one abandon', () => {
    const result = ended(on('STARTED'), field('name'), on('STARTED'), on('COMPLETED'));
    expect(result.forms.contact).toMatchObject({ starts: 2, completions: 1, abandons: 1 });
    expect(result.bottlenecks).toEqual([['contact', 'name', 1]]);
  });

  it('goes on when another form starts', () => {
    const result = ended(on('STARTED'), on('STARTED', {}, 'other'), on('COMPLETED'));
    expect(result.forms.contact).toMatchObject({ completions: 1, abandons: 0 });
    expect(result.forms.other).toMatchObject({ completions: 0, abandons: 1 });
  });

  it('ends with the session as one abandon', () => {
    const result = ended(on('STARTED'), field('name'), 'WIDGET_CLOSED');
    expect(result.forms.contact).toMatchObject({ abandons: 1 });
    expect(result.bottlenecks).toEqual([['contact', 'name', 1]]);
  });

  it('is not yet abandoned while the session is open', () => {
    const result = open(on('STARTED'), field('name'), on('STARTED'));
    expect(result.forms.contact).toMatchObject({ starts: 2, abandons: 1 });
  });

  it('is abandoned once only', () => {
    const result = ended(on('STARTED'), on('ABANDONED'), on('ABANDONED'), 'WIDGET_CLOSED');
    expect(result.abandons).toBe(1);
  });
});

describe('without an open attempt', () => {
  it('an abandon counts nothing', () => {
    const result = ended(on('ABANDONED', { last_field_id: 'name' }));
    expect(result).toEqual({ forms: {}, bottlenecks: [], abandons: 0 });
  });

  it('a completion counts', () => {
    const result = ended(on('COMPLETED', { duration_seconds: 2 }));
    expect(result.forms).toEqual({ contact: { ...counts, completions: 1, duration_ms_sum: 2000 } });
  });

  it('a field belongs to nothing, so that the next attempt starts afresh', () => {
    const result = ended(field('name'), on('STARTED'));
    expect(result.bottlenecks).toEqual([['contact', null, 1]]);
  });
});

describe('completions that share a submission id', () => {
  const submitted = on('COMPLETED', { submission_id: 's1', duration_seconds: 5 });
  const confirmed: Step = [
    'FORM_COMPLETED',
    { form_id: 'contact', submission_id: 's1' },
    FROM_SERVER,
  ];

  it('count once, as the first of them tells', () => {
    const result = ended(on('STARTED'), submitted, confirmed);
    expect(result.forms.contact).toMatchObject({
      starts: 1,
      completions: 1,
      duration_ms_sum: 5000,
    });
  });

  it('leave an attempt alone that began in between', () => {
    const result = ended(on('STARTED'), submitted, on('STARTED'), confirmed, on('ABANDONED'));
    expect(result.forms.contact).toMatchObject({ starts: 2, completions: 1, abandons: 1 });
  });

  it('are told apart from others and from those without one', () => {
    const other = on('COMPLETED', { submission_id: 's2' });
    const result = ended(submitted, other, on('COMPLETED'), on('COMPLETED'));
    expect(result.forms.contact).toMatchObject({ completions: 4 });
  });
});

describe('the duration of a completion', () => {
  const ms = (payload: object, ...before: Step[]) =>
    ended(...before, on('COMPLETED', payload)).forms.contact?.duration_ms_sum;

  it('is what the form measured', () => {
    expect(ms({ duration_seconds: 1.2345 }, on('STARTED'))).toBe(1235);
    expect(ms({ duration_seconds: 0 }, on('STARTED'))).toBe(0);
  });

  it.each([{}, { duration_seconds: -1 }, { duration_seconds: '9' }, { duration_seconds: null }])(
    'is the time since the start with %j',
    (payload) => {
      expect(ms(payload, on('STARTED'), field('name'))).toBe(2000);
      expect(ms(payload)).toBe(0);
    },
  );

  it('is never negative', () => {
    const start: Step = ['FORM_STARTED', { form_id: 'contact' }, { timestamp_ms: 9e12 }];
    expect(ms({}, start)).toBe(0);
  });

  it('adds up over completed attempts, abandoned ones left out', () => {
    const attempt = (duration_seconds: number, type: string) => [
      on('STARTED'),
      on(type, { duration_seconds }),
    ];
    const { forms } = ended(
      ...attempt(3, 'COMPLETED'),
      ...attempt(50, 'ABANDONED'),
      ...attempt(4, 'COMPLETED'),
    );
    expect(forms.contact).toMatchObject({ completions: 2, duration_ms_sum: 7000 });
  });
});

describe('an abandon is charged to', () => {
  it('the field that the event names', () => {
    const result = ended(on('STARTED'), field('name'), on('ABANDONED', { last_field_id: 'email' }));
    expect(result.bottlenecks).toEqual([['contact', 'email', 1]]);
  });

  it.each([{}, { last_field_id: null }, { last_field_id: '' }])(
    'else, with %j, the last field submitted in that attempt',
    (payload) => {
      const result = ended(on('STARTED'), field('name'), field('email'), on('ABANDONED', payload));
      expect(result.bottlenecks).toEqual([['contact', 'email', 1]]);
    },
  );

  it('else null, not a field of an earlier attempt', () => {
    const result = ended(
      on('STARTED'),
      field('name'),
      on('COMPLETED'),
      on('STARTED'),
      on('ABANDONED'),
    );
    expect(result.bottlenecks).toEqual([['contact', null, 1]]);
  });

  it('null again after a new start', () => {
    const result = ended(on('STARTED'), field('name'), on('STARTED'));
    expect(result.bottlenecks).toEqual([
      ['contact', null, 1],
      ['contact', 'name', 1],
    ]);
  });

  it('no rejected field', () => {
    const result = ended(on('STARTED'), field('name'), on('FIELD_REJECTED', { field_id: 'email' }));
    expect(result.bottlenecks).toEqual([['contact', 'name', 1]]);
  });

  it('a place in a list sorted by form and field, with counts', () => {
    const lost = (form: string, last?: string) => [
      on('STARTED', {}, form),
      on('ABANDONED', { last_field_id: last }, form),
    ];
    const result = ended(
      ...lost('b', 'y'),
      ...lost('a', 'z'),
      ...lost('b', 'x'),
      ...lost('b'),
      ...lost('a', 'z'),
    );
    expect(result.bottlenecks).toEqual([
      ['a', 'z', 2],
      ['b', null, 1],
      ['b', 'x', 1],
      ['b', 'y', 1],
    ]);
  });
});

describe('odd ids', () => {
  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    '%s is a form like any',
    (id) => {
      const { forms } = ended(on('STARTED', {}, id), on('STARTED', {}, id));
      expect(Object.keys(forms)).toEqual([id]);
      expect(Object.getOwnPropertyDescriptor(forms, id)?.value).toEqual({
        ...counts,
        starts: 2,
        abandons: 2,
      });
      expect(JSON.stringify(forms)).toContain(JSON.stringify(id));
    },
  );

  it('over 256 bytes are kept by their digest, as forms and as fields', () => {
    const long = 'x'.repeat(300);
    const result = ended(on('STARTED', {}, long), on('ABANDONED', { last_field_id: long }, long));
    expect(Object.keys(result.forms)).toEqual([expect.stringMatching(/^sha256:[0-9a-f]{64}$/)]);
    expect(result.bottlenecks[0]?.[1]).toMatch(/^sha256:/);
  });

  it('that are missing leave nothing to count by', () => {
    expect(ended(['FORM_STARTED', {}], ['FORM_STARTED', { form_id: {} }])).toEqual({
      forms: {},
      bottlenecks: [],
      abandons: 0,
    });
  });

  it('beyond the first 64 forms are counted as abandons but not listed', () => {
    const steps = Array.from({ length: 80 }, (_, n) =>
      on('STARTED', {}, `f${String(n).padStart(2, '0')}`),
    );
    const result = ended(...steps);
    expect(Object.keys(result.forms)).toHaveLength(64);
    expect(Object.keys(result.forms).at(-1)).toBe('f63');
    expect(result.bottlenecks).toHaveLength(64);
    expect(result.abandons).toBe(80);
  });
});
