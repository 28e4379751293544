import { createParamDecorator, Inject, Injectable, SetMetadata } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.ts';
import { VERIFY_TOKEN } from '../tokens.ts';
import { AntiForgery, CSRF_HEADER } from './anti-forgery.ts';
import type { Principal } from './principal.ts';
import { SessionCookie } from './session-cookie.ts';
import type { VerifyToken } from './token-verifier.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the guard on every route that is not public. */
    principal?: Principal;
  }
}

const PUBLIC = 'query:public';

/** The route answers without credentials. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

export const CurrentPrincipal = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!principal) throw new Problem('unauthenticated');
  return principal;
});

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];
const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]*)$/i;

/**
 * Every route needs a principal unless it says otherwise. A bearer token wins over the session
 * cookie; a bad one never falls back to it.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(VERIFY_TOKEN) private readonly verify: VerifyToken,
    @Inject(SessionCookie) private readonly cookie: SessionCookie,
    @Inject(AntiForgery) private readonly antiForgery: AntiForgery,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, targets)) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    request.principal = await this.authenticate(request);
    return true;
  }

  private async authenticate(request: FastifyRequest): Promise<Principal> {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const token = BEARER.exec(authorization)?.[1];
      if (!token) throw new Problem('invalid_token');
      return { ...(await this.verify(token)), via: 'bearer' };
    }
    const session = this.cookie.read(request);
    if (!session) throw new Problem('unauthenticated');
    const principal: Principal = { ...(await this.verify(session)), via: 'cookie' };
    if (!SAFE_METHODS.includes(request.method)) this.refuseForgery(request, session);
    return principal;
  }

  private refuseForgery({ headers }: FastifyRequest, session: string): void {
    const ours =
      this.antiForgery.originMatches(headers.origin, headers.host) &&
      this.antiForgery.tokenMatches(session, headers[CSRF_HEADER]);
    if (!ours) throw new Problem('anti_forgery');
  }
}
