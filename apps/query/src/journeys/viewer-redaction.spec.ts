import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { redactPayload } from './viewer-redaction.ts';

describe('redactPayload', () => {
  it('keeps ids, labels, codes and counts', () => {
    const payload = {
      form_id: 'apply',
      form_label: 'Apply',
      last_field_id: 'email',
      reason: 'closed',
      fields_completed: 2,
      triggers_form: true,
      url: 'https://example.org/',
      prompt_index: 0,
    };
    expect(redactPayload(payload)).toEqual(payload);
  });

  it.each(['content', 'content_preview', 'question', 'answer', 'prompt_text', 'error', 'value'])(
    'removes %s',
    (key) => {
      expect(redactPayload({ [key]: 'text', form_id: 'apply' })).toEqual({ form_id: 'apply' });
    },
  );

  it('removes numbers and switches under unknown keys, too: they can be answers', () => {
    expect(redactPayload({ age: 42, consent: true, phone: 4912345 })).toEqual({});
  });

  it('looks into lists and objects of the contract', () => {
    expect(
      redactPayload({
        items: [{ item_type: 'cta', item_id: 'apply', note: 'text' }],
        items_in_response: {
          ctas_shown: ['apply'],
          links_included: ['https://e.org'],
          raw: 'text',
        },
      }),
    ).toEqual({
      items: [{ item_type: 'cta', item_id: 'apply' }],
      items_in_response: { ctas_shown: ['apply'], links_included: ['https://e.org'] },
    });
  });

  it('is not talked into showing text by structures under known keys', () => {
    expect(redactPayload({ label: { content: 'text' }, form_id: ['text'] })).toEqual({});
    expect(redactPayload({ answers: { form_id: 'text' } })).toEqual({});
    expect(redactPayload({ items: 'text', items_in_response: 7, ctas_shown: 'text' })).toEqual({});
    expect(redactPayload({ items: ['text', [{ note: 'text' }]] })).toEqual({ items: [] });
    expect(redactPayload({ ctas_shown: [['text'], { id: 'a', text: 'text' }, 'b'] })).toEqual({
      ctas_shown: [{ id: 'a' }, 'b'],
    });
  });

  it('lets nothing through under keys that the contract does not name', () => {
    const unknown = fc.string().map((key) => `x_${key}`);
    fc.assert(
      fc.property(fc.dictionary(unknown, fc.jsonValue()), (payload) => {
        expect(redactPayload(payload)).toEqual({});
      }),
    );
  });
});
