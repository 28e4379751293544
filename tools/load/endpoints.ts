/** The endpoints file of a stack that a tool started for itself. */
import type { Stack } from '../harness/stack.ts';

export async function stackEndpoints(stack: Stack): Promise<object> {
  const tokens = await Promise.all(
    stack.tenants.map(async ({ tenant_hash }) => {
      const admin = await stack.token(tenant_hash);
      return [tenant_hash, { admin, viewer: admin }] as const;
    }),
  );
  return {
    ingest_url: stack.ingest.url,
    query_url: stack.query.url,
    console_url: null,
    tenants: stack.tenants,
    tokens: Object.fromEntries(tokens),
  };
}
