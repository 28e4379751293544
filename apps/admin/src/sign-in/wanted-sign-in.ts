import type { Role } from '../session/session.ts';

const ROLES: readonly Role[] = ['viewer', 'admin', 'ops'];

export interface WantedSignIn {
  role: Role;
  tenantHash: string | undefined;
  address: string;
}

/** `?sign-in=admin&as=<tenant hash>`: the links that `npm start` prints. */
export function wantedSignIn(href: string): WantedSignIn | undefined {
  const url = new URL(href);
  const role = ROLES.find((name) => name === url.searchParams.get('sign-in'));
  if (!role) return undefined;
  const tenantHash = url.searchParams.get('as') ?? undefined;
  url.searchParams.delete('sign-in');
  url.searchParams.delete('as');
  return { role, tenantHash, address: `${url.pathname}${url.search}${url.hash}` };
}
