import cookie from '@fastify/cookie';
import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Logger as NestLogger } from 'nestjs-pino';
import { AppModule, type AppParts } from './app.module.ts';
import { serveConsole } from './console/console.ts';
import { Problem } from './http/problem.ts';
import { refuseUnreadable, sendProblem, toProblem } from './http/problem.filter.ts';
import { describeApi } from './openapi.ts';

/** The largest body is a corrected event of 32 KB. */
const BODY_LIMIT = 64 * 1024;
/** A session id of 128 characters, percent-encoded. */
const PARAMETER_LIMIT = 128 * 12;

/** The whole service, not listening yet. */
export async function createApp(parts: AppParts): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: PARAMETER_LIMIT },
    // Addresses that the router cannot read never reach the filter.
    frameworkErrors: (error: Error, _request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, toProblem(error)),
    clientErrorHandler: refuseUnreadable,
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(parts), adapter, {
    bufferLogs: true,
    abortOnError: false,
    return503OnClosing: true,
  });
  app.useLogger(app.get(NestLogger));
  app.useGlobalPipes(
    new ValidationPipe({
      transform: true,
      whitelist: true,
      // A misspelt filter must not answer as if it had not been given.
      forbidNonWhitelisted: true,
      exceptionFactory: invalidRequest,
    }),
  );
  await app.register(cookie);
  adapter.getInstance().removeContentTypeParser('text/plain');
  addHooks(app, parts);
  SwaggerModule.setup('docs', app, describeApi(app), { jsonDocumentUrl: 'docs/openapi.json' });
  await serveConsole(app, parts.config);
  return app;
}

function invalidRequest(failures: ValidationError[]): Problem {
  const errors = failures.map(({ property, constraints }) => ({
    parameter: property,
    message: Object.values(constraints ?? {}).join('; '),
  }));
  return new Problem('invalid_request', { errors });
}

function addHooks(app: NestFastifyApplication, { metrics }: AppParts): void {
  const duration = metrics.histogram('query_request_duration_seconds', 'Time to answer, by route', [
    'route',
    'method',
    'status',
  ]);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', async (_request, reply) => {
    // Answers are somebody's data: kept by nobody in between, unless a route says more.
    reply.headers({
      'cache-control': 'no-store',
      vary: 'authorization, cookie',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
    });
  });
  let closing = false;
  fastify.addHook('preClose', async () => {
    closing = true;
  });
  fastify.addHook('onSend', async (_request, reply) => {
    // A connection that a client keeps alive would hold the shutdown up.
    if (closing) reply.header('connection', 'close');
  });
  fastify.addHook('onResponse', async (request, reply) => {
    const { url: route = 'unknown' } = request.routeOptions;
    const labels = { route, method: request.method, status: String(reply.statusCode) };
    duration.observe(labels, reply.elapsedTime / 1000);
  });
}
