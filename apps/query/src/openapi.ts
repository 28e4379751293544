import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ProblemDto } from './http/api-problems.ts';
import recorded from './openapi-examples.json' with { type: 'json' };

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** By operation id: what was sent to a running service, and what it answered. */
export type Examples = Record<
  string,
  { parameters?: Record<string, string | number>; request?: object; response?: unknown }
>;

/** The OpenAPI description: served at `/docs`, committed as `openapi.json`. */
export function describeApi(app: INestApplication): OpenAPIObject {
  const description = new DocumentBuilder()
    .setTitle('User Journey Analytics: query')
    .setDescription(
      'Reads what visitors of the chat widget did. Errors are `application/problem+json` with a ' +
        'stable `code`. Days are the tenant’s own, lists are cursor-paged and complete.',
    )
    .setVersion('1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addCookieAuth('__Host-picasso_session')
    .addSecurityRequirements('bearer')
    .addSecurityRequirements('cookie')
    .build();
  const document = SwaggerModule.createDocument(app, description, {
    extraModels: [ProblemDto],
    operationIdFactory: (controller, method) =>
      `${controller.replace('Controller', '').toLowerCase()}_${method}`,
  });
  for (const { operation } of operationsOf(document)) addExamples(operation, recorded);
  return document;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

export const operationsOf = (
  document: OpenAPIObject,
): { method: string; path: string; operation: Operation }[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((name) => {
      const operation = item[name];
      return operation ? [{ method: name.toUpperCase(), path, operation }] : [];
    }),
  );

function addExamples(operation: Operation, examples: Examples): void {
  const { parameters = {}, request, response } = examples[operation.operationId ?? ''] ?? {};
  for (const parameter of operation.parameters ?? [])
    if ('name' in parameter && parameter.name in parameters)
      parameter.example = parameters[parameter.name];
  const { requestBody } = operation;
  const sent = requestBody && 'content' in requestBody && requestBody.content['application/json'];
  if (sent && request) sent.example = request;
  for (const [status, answer] of Object.entries(operation.responses)) {
    const json = answer && 'content' in answer && answer.content?.['application/json'];
    if (json && status.startsWith('2') && response !== undefined) json.example = response;
  }
}
