import { expect, it } from '@jest/globals';
import { wantedSignIn } from './wanted-sign-in.ts';

it('reads the links that npm start prints, and takes the wish out of the address', () => {
  expect(wantedSignIn('http://127.0.0.1:4101/sessions?sign-in=admin&as=ha7c&range=1d')).toEqual({
    role: 'admin',
    tenantHash: 'ha7c',
    address: '/sessions?range=1d',
  });
  expect(wantedSignIn('http://127.0.0.1:4101/?sign-in=ops&tenant=ha7c')).toEqual({
    role: 'ops',
    tenantHash: undefined,
    address: '/?tenant=ha7c',
  });
});

it.each(['http://127.0.0.1:4101/', 'http://127.0.0.1:4101/?sign-in=root'])(
  'finds no wish in %s',
  (href) => expect(wantedSignIn(href)).toBeUndefined(),
);
