import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Principal } from '../auth/principal.ts';
import { Problem } from '../http/problem.ts';

/** Who asks, and how to answer. */
export interface Asked {
  principal: Principal;
  request: FastifyRequest;
  reply: FastifyReply;
}

export const AskedBy = createParamDecorator((_: unknown, context: ExecutionContext): Asked => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest>();
  const { principal } = request;
  if (!principal) throw new Problem('unauthenticated');
  return { principal, request, reply: http.getResponse<FastifyReply>() };
});
