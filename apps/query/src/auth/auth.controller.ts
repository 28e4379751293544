import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiProblems } from '../http/api-problems.ts';
import { Problem } from '../http/problem.ts';
import { RateLimits } from '../http/rate-limit.guard.ts';
import { VERIFY_TOKEN } from '../tokens.ts';
import { AntiForgery, CSRF_HEADER } from './anti-forgery.ts';
import { ExchangeBody, SignedInDto } from './auth.dto.ts';
import { CurrentPrincipal, Public } from './auth.guard.ts';
import type { Principal } from './principal.ts';
import { SessionCookie } from './session-cookie.ts';
import type { VerifyToken } from './token-verifier.ts';

/** The console's session: the token of the portal's link moves into an httpOnly cookie. */
@ApiTags('session')
@Controller('analytics/auth')
export class AuthController {
  constructor(
    @Inject(VERIFY_TOKEN) private readonly verify: VerifyToken,
    @Inject(RateLimits) private readonly limits: RateLimits,
    @Inject(SessionCookie) private readonly cookie: SessionCookie,
    @Inject(AntiForgery) private readonly antiForgery: AntiForgery,
  ) {}

  @Public()
  @Post('exchange')
  @ApiOperation({
    summary: "Exchange the token of the portal's link for a session cookie",
    security: [],
  })
  @ApiCreatedResponse({ type: SignedInDto, description: 'sets the session cookie' })
  @ApiProblems('invalid_request', 'anti_forgery', 'too_large', 'unsupported_media_type')
  async exchange(
    @Body() { token }: ExchangeBody,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SignedInDto> {
    // Another site must not sign a visitor of its own into somebody's account here. Browsers
    // always send Origin with a POST.
    if (
      headers.origin !== undefined &&
      !this.antiForgery.originMatches(headers.origin, headers.host)
    )
      throw new Problem('anti_forgery');
    const principal: Principal = { ...(await this.verify(token)), via: 'cookie' };
    await this.limits.take(principal);
    this.cookie.set(reply, token, principal.expiresAt);
    return this.describe(principal, token);
  }

  @Get('session')
  @ApiOperation({ summary: 'Who is signed in, and the anti-forgery token of the session' })
  @ApiOkResponse({ type: SignedInDto })
  @ApiProblems()
  session(@CurrentPrincipal() principal: Principal, @Req() request: FastifyRequest): SignedInDto {
    return this.describe(principal, this.cookie.read(request));
  }

  @Post('sign-out')
  @HttpCode(204)
  @ApiOperation({
    summary: 'End the session in this browser',
    description: 'Clears the cookie. The token itself stays valid until it expires.',
  })
  @ApiHeader({ name: CSRF_HEADER, required: false, description: 'needed with a cookie' })
  @ApiNoContentResponse()
  @ApiProblems('anti_forgery')
  signOut(@Res({ passthrough: true }) reply: FastifyReply): void {
    this.cookie.clear(reply);
  }

  private describe(principal: Principal, cookie: string | undefined): SignedInDto {
    return {
      sub: principal.sub,
      role: principal.role,
      tenant_hash: principal.tenantHash ?? null,
      expires_at: new Date(principal.expiresAt * 1000).toISOString(),
      csrf_token:
        principal.via === 'cookie' && cookie !== undefined ? this.antiForgery.token(cookie) : null,
    };
  }
}
