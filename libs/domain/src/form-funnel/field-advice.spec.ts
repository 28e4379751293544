import { describe, expect, it } from '@jest/globals';
import { fieldAdvice } from './field-advice.ts';

describe('a field’s kind', () => {
  it.each([
    ['background_check', ['checkbox', 'background_check_ok', null]],
    ['background_check', [null, 'dbs', 'DBS certificate']],
    ['phone', ['tel', 'contact', null]],
    ['phone', [null, 'mobilePhone', null]],
    ['email', [null, 'e-mail', null]],
    ['email', [null, 'email_address', 'Email address']],
    ['address', [null, 'home_address', null]],
    ['address', [null, 'f7', 'Post code']],
    ['reference', [null, 'reference_1_phone', 'Phone of your reference']],
    ['age', [null, 'dateOfBirth', null]],
    ['age', [null, 'age', null]],
    ['consent', ['checkbox', 'gdpr', null]],
    ['name', ['text', 'full_name', 'Full name']],
  ])('%s is told from %j', (kind, hints) => {
    expect(fieldAdvice(hints)?.kind).toBe(kind);
  });

  it.each([[[null, 'language', null]], [['text', 'f1', 'Page']], [[undefined, '', null]]])(
    'is not guessed from %j',
    (hints) => {
      expect(fieldAdvice(hints)).toBeNull();
    },
  );

  it('comes with a sentence of its own', () => {
    const advice = ['phone', 'email'].map((field) => fieldAdvice([field])?.advice);
    expect(new Set(advice).size).toBe(2);
    expect(advice[0]).toMatch(/number/);
  });
});
