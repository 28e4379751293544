import { describe, expect, it } from '@jest/globals';
import { session, summaryOf, type Step } from '../event-builder.fixture.ts';
import { fieldKey, formKey } from './names.ts';

const labels = (...steps: Step[]) => summaryOf(session(...steps), { timed_out: true }).labels;

describe('names', () => {
  it.each<[string, Step, string, object]>([
    [
      'a chip',
      ['ACTION_CHIP_CLICKED', { chip_id: 'hours', chip_label: 'Opening hours' }],
      'action_chip#hours',
      { label: 'Opening hours' },
    ],
    [
      'a button',
      ['CTA_CLICKED', { cta_id: 'give', cta_label: 'Donate' }],
      'cta#give',
      { label: 'Donate' },
    ],
    [
      'a link',
      ['LINK_CLICKED', { url: 'https://e.org', label: 'Fees', category: 'info' }],
      'link#https://e.org',
      { label: 'Fees', category: 'info' },
    ],
    [
      'a link of the deployed widget',
      ['LINK_CLICKED', { url: 'https://e.org', link_text: 'Fees' }],
      'link#https://e.org',
      { label: 'Fees' },
    ],
    [
      'a form',
      ['FORM_VIEWED', { form_id: 'f', form_label: 'Apply' }],
      'form#f',
      { label: 'Apply' },
    ],
  ])('of %s are kept', (_, step, key, name) => {
    expect(labels(step)).toEqual({ [key]: name });
  });

  it('of a field are kept where the form was left at it', () => {
    const field = (field_id: string, field_label: string): Step => [
      'FORM_FIELD_SUBMITTED',
      { form_id: 'f', field_id, field_label, field_type: 'tel' },
    ];
    const started: Step = ['FORM_STARTED', { form_id: 'f' }];
    expect(labels(started, field('a', 'First'), field('b', 'Second'))).toEqual({
      [fieldKey('f', 'b')]: { kind: 'tel', label: 'Second' },
    });
    const last = { form_id: 'f', last_field_id: 'c', last_field_label: 'Third' };
    expect(labels(started, ['FORM_ABANDONED', last])).toEqual({
      [fieldKey('f', 'c')]: { label: 'Third' },
    });
  });

  it('that the events do not tell leave no field in the summary', () => {
    const summary = summaryOf(session('MESSAGE_SENT', ['CTA_CLICKED', { cta_id: 'give' }]));
    expect(Object.hasOwn(summary, 'labels')).toBe(false);
  });

  it('that repeat the id are left out, and so are texts of the help menu', () => {
    expect(labels(['ACTION_CHIP_CLICKED', { chip_id: 'Hours', chip_label: 'Hours' }])).toBe(
      undefined,
    );
    expect(labels(['HELP_MENU_CLICKED', { prompt_index: 1, prompt_text: 'Help me' }])).toBe(
      undefined,
    );
  });

  it('are the first ones told, each kind for itself', () => {
    const link = (fields: object): Step => ['LINK_CLICKED', { url: 'u', ...fields }];
    expect(
      labels(
        link({ label: 'One' }),
        link({ label: 'Two', category: 'c' }),
        link({ category: 'd' }),
      ),
    ).toEqual({ 'link#u': { category: 'c', label: 'One' } });
  });

  it('are bounded one by one and together', () => {
    const clicks = Array.from({ length: 300 }, (_, index): Step => [
      'CTA_CLICKED',
      { cta_id: `cta_${index}`, cta_label: '"'.repeat(400) },
    ]);
    const names = labels(...clicks) ?? {};
    expect(names['cta#cta_0']?.label).toBe('"'.repeat(100));
    expect(names['cta#cta_299']).toBeUndefined();
    expect(JSON.stringify(names).length).toBeLessThanOrEqual(16 * 1024);
    expect(Object.keys(names).length).toBeGreaterThan(60);
  });

  it('of odd ids are as any other', () => {
    const names = labels(['FORM_VIEWED', { form_id: '__proto__', form_label: 'Apply' }]) ?? {};
    expect(names[formKey('__proto__')]).toEqual({ label: 'Apply' });
  });
});
