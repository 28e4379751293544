import { describe, expect, it } from '@jest/globals';
import { EVENT_TYPES } from '@picasso/contracts';
import { FROM_SERVER, session, type Step } from '../event-builder.fixture.ts';
import { codedPath, PATH_CODES } from './path.ts';

describe('the path', () => {
  it('is the steps in order, repeated ones as often as they happened', () => {
    const steps: Step[] = [
      'WIDGET_OPENED',
      'MESSAGE_SENT',
      'MESSAGE_SENT',
      'MESSAGE_RECEIVED',
      'LINK_CLICKED',
    ];
    expect(codedPath(session(...steps))).toEqual(['WO', 'MS', 'MS', 'MR', 'LC']);
  });

  it('is the same with or without a reporting backend', () => {
    const steps: Step[] = ['MESSAGE_SENT', ['QA_COMPLETE', {}, FROM_SERVER], 'MESSAGE_RECEIVED'];
    expect(codedPath(session(...steps))).toEqual(['MS', 'MR']);
  });

  it('marks what it does not know', () => {
    expect(codedPath(session('SOMETHING_NEW', 'constructor'))).toEqual(['XX', 'XX']);
  });

  it('has at most 200 steps, the first ones', () => {
    const steps: Step[] = ['WIDGET_OPENED', ...Array.from({ length: 300 }, () => 'MESSAGE_SENT')];
    const path = codedPath(session(...steps));
    expect(path).toHaveLength(200);
    expect(path.slice(0, 2)).toEqual(['WO', 'MS']);
  });
});

it('has one code for every known type but QA_COMPLETE', () => {
  const known = EVENT_TYPES.filter((type) => type !== 'QA_COMPLETE');
  expect(Object.keys(PATH_CODES).sort()).toEqual([...known].sort());
  const codes = Object.values(PATH_CODES);
  expect(new Set(codes).size).toBe(codes.length);
  for (const code of codes) expect(code).toMatch(/^[A-Z]{2}$/);
});
