/** Local tenants' keys and tokens, and the endpoints file that hands them out. */
import { randomBytes } from 'node:crypto';
import { SignJWT } from 'jose';
import { readJson, writeJson } from './json-file.ts';
import type { LocalPaths } from './paths.ts';

export interface LocalTenant {
  tenant_hash: string;
  write_key: string;
  server_key: string;
}

interface Secrets {
  jwt_secret: string;
  tenants: LocalTenant[];
}

export interface TenantTokens {
  viewer: string;
  admin: string;
}

export interface Endpoints {
  ingest_url: string;
  query_url: string;
  console_url: string | null;
  tenants: LocalTenant[];
  /** Tenant hash → its tokens, and `ops`. */
  tokens: Record<string, TenantTokens> & { ops: string };
}

/** Long enough to work with for weeks; every start signs new ones. */
const TOKEN_LIFETIME = '30d';

/** The file's secrets; a new secret where there is none yet. */
export function loadSecrets(paths: LocalPaths): Secrets {
  const known = readJson<Secrets>(paths.secrets);
  if (known) return known;
  const fresh = { jwt_secret: randomBytes(32).toString('base64url'), tenants: [] };
  writeJson(paths.secrets, fresh);
  return fresh;
}

export function saveTenant(paths: LocalPaths, tenant: LocalTenant): void {
  const secrets = loadSecrets(paths);
  const others = secrets.tenants.filter((known) => known.tenant_hash !== tenant.tenant_hash);
  writeJson(paths.secrets, { ...secrets, tenants: [...others, tenant] });
}

type Role = 'viewer' | 'admin' | 'ops';

const sign = (secret: string, role: Role, tenantHash?: string): Promise<string> =>
  new SignJWT({ role, ...(tenantHash ? { tenant_hash: tenantHash } : {}) })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(`local-${role}`)
    .setIssuedAt()
    .setExpirationTime(TOKEN_LIFETIME)
    .sign(new TextEncoder().encode(secret));

export async function tenantTokens(secret: string, tenantHash: string): Promise<TenantTokens> {
  const [viewer, admin] = await Promise.all([
    sign(secret, 'viewer', tenantHash),
    sign(secret, 'admin', tenantHash),
  ]);
  return { viewer, admin };
}

/** What the endpoints file says: every tenant that is known here with its keys and tokens. */
export async function describeEndpoints(
  paths: LocalPaths,
  urls: Pick<Endpoints, 'ingest_url' | 'query_url' | 'console_url'>,
): Promise<Endpoints> {
  const { jwt_secret, tenants } = loadSecrets(paths);
  const tokens: Record<string, TenantTokens> = {};
  for (const { tenant_hash } of tenants) {
    tokens[tenant_hash] = await tenantTokens(jwt_secret, tenant_hash);
  }
  return {
    ...urls,
    tenants,
    tokens: Object.assign(tokens, { ops: await sign(jwt_secret, 'ops') }),
  };
}
