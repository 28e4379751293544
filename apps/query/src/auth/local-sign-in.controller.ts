import { Body, Controller, Get, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { TenantStore, type Tables } from '@picasso/storage';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SignJWT } from 'jose';
import type { QueryConfig } from '../config.ts';
import { ApiProblems } from '../http/api-problems.ts';
import { notFound, Problem } from '../http/problem.ts';
import { CONFIG, TABLES } from '../tokens.ts';
import { AntiForgery } from './anti-forgery.ts';
import { Public } from './auth.guard.ts';
import { LocalSignInBody, LocalTenantsDto } from './local-sign-in.dto.ts';
import { SessionCookie } from './session-cookie.ts';

const LIFETIME_SECONDS = 12 * 3_600;

/**
 * Stands in for the customer portal on a developer's machine. It exists only where `config.ts` says
 * `localSignIn`: in local mode, on loopback, with tokens that this service signs itself.
 */
@ApiTags('session')
@Controller('analytics/auth/local')
export class LocalSignInController {
  private readonly tenants: TenantStore;

  constructor(
    @Inject(CONFIG) private readonly config: QueryConfig,
    @Inject(TABLES) tables: Tables,
    @Inject(SessionCookie) private readonly cookie: SessionCookie,
    @Inject(AntiForgery) private readonly antiForgery: AntiForgery,
  ) {
    this.tenants = new TenantStore(tables);
  }

  @Public()
  @Get()
  @ApiOperation({ summary: 'Local mode only: whose console can be opened', security: [] })
  @ApiOkResponse({ type: LocalTenantsDto })
  @ApiProblems()
  async list(): Promise<LocalTenantsDto> {
    const tenants = await this.tenants.list();
    return {
      tenants: tenants
        .map(({ tenant_hash, name }) => ({ tenant_hash, name }))
        .sort((a, b) => a.name.localeCompare(b.name, 'en')),
    };
  }

  @Public()
  @Post()
  @ApiOperation({ summary: 'Local mode only: sign in without a portal', security: [] })
  @ApiCreatedResponse({ description: 'sets the session cookie' })
  @ApiProblems('invalid_request', 'anti_forgery', 'not_found')
  async signIn(
    @Body() { role, tenant_hash }: LocalSignInBody,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    if (!this.antiForgery.originMatches(headers.origin, headers.host))
      throw new Problem('anti_forgery');
    if (role === 'ops' ? tenant_hash !== undefined : !tenant_hash)
      throw new Problem('invalid_request', {
        detail: 'viewers and admins have a tenant, operators none',
      });
    if (tenant_hash && !(await this.tenants.get(tenant_hash))) throw notFound();

    const expiresAt = Math.floor(Date.now() / 1_000) + LIFETIME_SECONDS;
    const { issuer, audience, secret } = this.config.auth;
    const token = new SignJWT({ role, tenant_hash })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(`local-${role}`)
      .setExpirationTime(expiresAt);
    if (issuer) token.setIssuer(issuer);
    if (audience) token.setAudience(audience);
    this.cookie.set(reply, await token.sign(secret), expiresAt);
  }
}
