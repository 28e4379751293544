import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AuthConfig } from '../config.ts';

/** Browsers drop larger cookies (RFC 6265, 6.1: 4,096 bytes with name and attributes). */
export const MAX_TOKEN_LENGTH = 3_800;

/**
 * The portal's token itself, where scripts cannot read it. It is verified anew with every request,
 * so a session ends when its token does. `__Host-`: no other host or path can plant one.
 */
export class SessionCookie {
  private readonly name: string;
  private readonly options: {
    path: string;
    httpOnly: boolean;
    sameSite: 'lax';
    secure: boolean;
  };

  constructor({ localMode }: Pick<AuthConfig, 'localMode'>) {
    this.name = localMode ? 'picasso_session' : '__Host-picasso_session';
    this.options = { path: '/', httpOnly: true, sameSite: 'lax', secure: !localMode };
  }

  read(request: FastifyRequest): string | undefined {
    return request.cookies[this.name];
  }

  set(reply: FastifyReply, token: string, expiresAt: number): void {
    reply.setCookie(this.name, token, { ...this.options, expires: new Date(expiresAt * 1000) });
  }

  clear(reply: FastifyReply): void {
    reply.clearCookie(this.name, this.options);
  }
}
