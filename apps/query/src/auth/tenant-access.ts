import { Inject, Injectable } from '@nestjs/common';
import { TENANT_HASH } from '@picasso/contracts';
import type { Logger } from 'pino';
import { notFound, Problem } from '../http/problem.ts';
import { LOGGER } from '../tokens.ts';
import type { Principal } from './principal.ts';

/** Decides whose data a request reads. */
@Injectable()
export class TenantAccess {
  private readonly audit: Logger;

  constructor(@Inject(LOGGER) logger: Logger) {
    // Audit lines are written whatever LOG_LEVEL says.
    this.audit = logger.child({ audit: true }, { level: 'info' });
  }

  /**
   * The tenant to read: the token's own, or for operators the one that the request names, which
   * leaves an audit line. Somebody else's tenant is answered like one that does not exist, and
   * nothing is looked up for it.
   *
   * @param named from the path or `?tenant=`
   * @param action what is read, for the audit line
   */
  resolve(principal: Principal, named: string | undefined, action: string): string {
    const tenantHash = named ?? principal.tenantHash;
    if (tenantHash === undefined)
      throw new Problem('tenant_required', { detail: 'the token has no tenant: add ?tenant=' });
    if (tenantHash === principal.tenantHash) return tenantHash;
    if (principal.role !== 'ops' || !TENANT_HASH.test(tenantHash)) throw notFound();
    this.audit.info({ action, sub: principal.sub, tenant_hash: tenantHash }, 'read across tenants');
    return tenantHash;
  }
}
