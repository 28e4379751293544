import { describe, expect, it } from '@jest/globals';
import { errorText } from './record-run.ts';

describe('errorText', () => {
  it('is class and message', () => {
    expect(errorText(new RangeError('too many'))).toBe('RangeError: too many');
    expect(errorText('gone')).toBe('gone');
  });

  it('quotes nothing of what a parser has read', () => {
    const parse = (): unknown => JSON.parse('{"content": my SECRET wish');
    expect(parse).toThrow(/SECRET/);
    try {
      parse();
    } catch (error) {
      expect(errorText(error)).toBe('SyntaxError: what was read cannot be parsed');
    }
    expect.assertions(2);
  });
});
