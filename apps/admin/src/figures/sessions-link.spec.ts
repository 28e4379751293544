import { expect, it } from '@jest/globals';
import { sessionsParams } from './sessions-link.ts';

it('names what the API’s address names, and takes away what belongs to the page alone', () => {
  const url = '/analytics/sessions/t1?from=2026-11-01&to=2026-11-07&traffic=visitor&form=apply';
  expect(sessionsParams(url)).toMatchObject({
    ...{ from: '2026-11-01', to: '2026-11-07', traffic: 'visitor', form: 'apply' },
    ...{ range: null, cursor: null, step: null, state: null, text: null },
  });
});

it.each([null, undefined, ''])('%j leads nowhere', (url) => expect(sessionsParams(url)).toBeNull());
