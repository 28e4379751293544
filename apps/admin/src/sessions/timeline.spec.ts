import { describe, expect, it } from '@jest/globals';
import type { JourneyDto, JourneyStepDto } from '../api/generated/index.ts';
import { timeline, type TimelineEntry } from './timeline.ts';

const START = Date.parse('2026-11-22T10:00:00Z');

type Told = [type: string, afterSeconds: number, payload?: Record<string, unknown>];

function journey(told: Told[], more: Partial<JourneyDto> = {}): JourneyDto {
  const steps = told.map(([event_type, after, payload = {}], i): JourneyStepDto => ({
    event_id: `evt_${i}`,
    step_number: i + 1,
    sequence_number: event_type === 'QA_COMPLETE' ? null : i + 1,
    event_type,
    timestamp: new Date(START + after * 1_000).toISOString(),
    timestamp_server: new Date(START + after * 1_000).toISOString(),
    origin: 'browser',
    schema_version: '1.0',
    payload,
  }));
  return { session: { skew_ms: 0 }, steps, gaps: [], ...more } as JourneyDto;
}

const kinds = (entries: TimelineEntry[]): string[] => entries.map(({ kind }) => kind);
const only = <K extends TimelineEntry['kind']>(entries: TimelineEntry[], kind: K) =>
  entries.filter((entry): entry is Extract<TimelineEntry, { kind: K }> => entry.kind === kind);

describe('messages', () => {
  it('have their side, their text, and how long the answer took', () => {
    const entries = timeline(
      journey([
        ['MESSAGE_SENT', 0, { content: 'Are you open?' }],
        [
          'MESSAGE_RECEIVED',
          2,
          {
            content_preview: 'Yes.',
            response_time_ms: 1_900,
            branch_id: 'hours',
            ctas_shown: [{ id: 'map', label: 'Map' }, 'call_us'],
          },
        ],
      ]),
    );
    expect(entries).toMatchObject([
      { from: 'visitor', text: 'Are you open?', responseMs: null },
      {
        from: 'assistant',
        text: 'Yes.',
        responseMs: 1_900,
        topic: 'hours',
        offered: ['Map', 'Call us'],
      },
    ]);
  });

  const PAGE: Told = ['MESSAGE_RECEIVED', 2, { content: 'Yes.', ctas_shown: ['map'] }];
  const BACKEND: Told = ['QA_COMPLETE', 2, { answer: 'Yes.', routing_tier: 'fallback' }];
  const SHOWN: Told = ['ITEMS_SHOWN', 2, { items: [] }];
  it.each<[string, Told[]]>([
    ['page first', [PAGE, BACKEND, SHOWN]],
    ['backend first', [BACKEND, PAGE, SHOWN]],
    ['a click in between', [PAGE, ['LINK_CLICKED', 3, { url: 'https://a.example' }], BACKEND]],
  ])('of page and backend about one answer are one bubble: %s', (_name, told) => {
    const messages = only(
      timeline(journey([['MESSAGE_SENT', 0, { content: 'Open?' }], ...told])),
      'message',
    );
    expect(messages).toHaveLength(2);
    expect(messages[1]).toMatchObject({ text: 'Yes.', offered: ['Map'], isFallback: true });
  });

  it('of which only the backend knows are shown as well', () => {
    const entries = timeline(journey([['MESSAGE_SENT', 0, { content: 'Open?' }], BACKEND]));
    expect(entries[1]).toMatchObject({ from: 'assistant', text: 'Yes.', toldBy: 'backend' });
  });

  it('have no text for viewers, but their length', () => {
    const [entry] = timeline(journey([['MESSAGE_SENT', 0, { content_length: 13 }]]));
    expect(entry).toMatchObject({ text: null, length: 13 });
  });
});

describe('forms', () => {
  const FORM = { form_id: 'adoption', form_label: 'Adoption' };
  const field = (id: string) => ({
    form_id: 'adoption',
    field_id: id,
    field_label: id.toUpperCase(),
  });

  it('are one entry, field by field', () => {
    const [form, ...rest] = only(
      timeline(
        journey([
          ['FORM_VIEWED', 0, FORM],
          ['FORM_STARTED', 1, { form_id: 'adoption', field_count: 2 }],
          ['FORM_FIELD_REJECTED', 2, { form_id: 'adoption', field_id: 'phone' }],
          ['FORM_FIELD_SUBMITTED', 3, field('phone')],
          ['MESSAGE_SENT', 4, { content: 'Is this needed?' }],
          ['FORM_FIELD_SUBMITTED', 5, field('name')],
          ['FORM_COMPLETED', 6, { ...FORM, duration_seconds: 5 }],
        ]),
      ),
      'form',
    );
    expect(rest).toEqual([]);
    expect(form!.attempt).toMatchObject({
      label: 'Adoption',
      end: 'completed',
      seconds: 5,
      total: 2,
      fields: [
        { id: 'phone', label: 'PHONE', rejected: 1, isDone: true },
        { id: 'name', label: 'NAME', rejected: 0, isDone: true },
      ],
    });
  });

  it('that are started anew are told apart', () => {
    const forms = only(
      timeline(
        journey([
          ['FORM_STARTED', 0, FORM],
          ['FORM_ABANDONED', 1, { ...FORM, last_field_label: 'Phone', reason: 'closed' }],
          ['FORM_STARTED', 2, FORM],
          ['FORM_STARTED', 3, FORM],
        ]),
      ),
      'form',
    );
    expect(forms.map(({ attempt }) => [attempt.end, attempt.leftAt])).toEqual([
      ['abandoned', 'Phone'],
      ['open', null],
      ['open', null],
    ]);
  });
});

describe('time', () => {
  it('says when nothing happened for a minute or more', () => {
    const entries = timeline(
      journey([
        ['WIDGET_OPENED', 0],
        ['MESSAGE_SENT', 59, { content: 'a' }],
        ['MESSAGE_SENT', 119, { content: 'b' }],
      ]),
    );
    expect(kinds(entries)).toEqual(['action', 'message', 'pause', 'message']);
    expect(only(entries, 'pause')[0]?.ms).toBe(60_000);
  });

  it('is corrected by what the browser’s clock was off', () => {
    const told = journey([['WIDGET_OPENED', 0]]);
    told.session.skew_ms = 7_200_000;
    expect(timeline(told)[0]).toMatchObject({ at: START + 7_200_000 });
  });
});

describe('events that never arrived', () => {
  it('are named where they should have been', () => {
    const told = journey([
      ['WIDGET_OPENED', 0],
      ['MESSAGE_SENT', 1, { content: 'a' }],
      ['WIDGET_CLOSED', 2],
    ]);
    told.steps.forEach((step, i) => (step.sequence_number = [2, 3, 6][i]!));
    told.gaps = [
      { after_sequence: 3, missing: 2 },
      { after_sequence: 0, missing: 1 },
      { after_sequence: 6, missing: 4 },
    ];
    const entries = timeline(told);
    expect(kinds(entries)).toEqual(['lost', 'action', 'message', 'lost', 'action', 'lost']);
    expect(only(entries, 'lost').map(({ events }) => events)).toEqual([1, 2, 4]);
  });
});

it('names what it does not know by its type, and says nothing of mere beginnings', () => {
  const entries = timeline(
    journey([
      ['CONVERSATION_STARTED', 0],
      ['COFFEE_ORDERED', 1],
      ['SCHEDULING_CHIP_CLICKED', 2],
    ]),
  );
  expect(only(entries, 'action').map(({ action, title }) => [action, title])).toEqual([
    ['other', 'Coffee ordered'],
    ['schedule', 'Scheduling chip clicked'],
  ]);
});
