import type { Browser } from 'playwright-core';
import type { DemoStack } from './demo-stack.ts';

export type Role = 'admin' | 'viewer' | 'ops';

/** The cookies of a session, for as many browser contexts as one likes. */
export async function signedIn(
  browser: Browser,
  { url, tenant }: Pick<DemoStack, 'url' | 'tenant'>,
  role: Role | null,
) {
  const context = await browser.newContext();
  if (role !== null) {
    const body = role === 'ops' ? { role } : { role, tenant_hash: tenant };
    const answer = await context.request.post(`${url}/analytics/auth/local`, {
      data: body,
      headers: { origin: url },
    });
    if (!answer.ok()) throw new Error(`local sign-in answered ${answer.status()}`);
  }
  const state = await context.storageState();
  await context.close();
  return state;
}
