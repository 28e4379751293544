import { describe, expect, it } from '@jest/globals';
import { takePortalToken } from './portal-token.ts';

describe('takePortalToken', () => {
  it('takes the token and leaves the rest of the address', () => {
    expect(takePortalToken('https://c.example/sessions?range=30d&token=a.b.c#x')).toEqual({
      token: 'a.b.c',
      address: '/sessions?range=30d#x',
    });
  });

  it('takes every token there is', () => {
    const { token, address } = takePortalToken('https://c.example/?token=a.b.c&token=d.e.f');
    expect([token, address]).toEqual(['a.b.c', '/']);
  });

  it.each(['https://c.example/', 'https://c.example/?token='])('%s has none', (href) => {
    expect(takePortalToken(href)).toEqual({ token: undefined, address: '/' });
  });
});
