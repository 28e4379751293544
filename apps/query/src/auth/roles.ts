import { applyDecorators, Inject, Injectable, SetMetadata } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.ts';
import type { Role } from './principal.ts';

const ALLOWED = 'query:roles';

/** Only these roles may use the route; any may where this is absent. */
export const Roles = (...roles: Role[]): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(ALLOWED, roles), ApiExtension('x-roles', roles));

/** What visitors wrote is for those who answer for the tenant's data. */
export const WithText = (): MethodDecorator & ClassDecorator => Roles('admin', 'ops');

/** Runs after the auth guard. */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    const allowed = this.reflector.getAllAndOverride<Role[] | undefined>(ALLOWED, targets);
    const { principal } = context.switchToHttp().getRequest<FastifyRequest>();
    if (allowed && !(principal && allowed.includes(principal.role))) throw new Problem('forbidden');
    return true;
  }
}
