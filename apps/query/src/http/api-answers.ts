import { applyDecorators, type Type } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOperation,
  ApiParam,
  ApiResponse,
  refs,
} from '@nestjs/swagger';
import { ApiProblems } from './api-problems.ts';
import type { ProblemCode } from './problem.ts';
import { Shared } from './shared-answers.interceptor.ts';

interface Documented {
  summary: string;
  description?: string;
  type: Type;
  /** `?format=` gives it as a download, too. */
  exported?: boolean;
  problems?: ProblemCode[];
}

/** Documents a route that answers figures of a range, and lets those who ask the same share one. */
export function ApiFigures({ summary, description, type, exported, problems = [] }: Documented) {
  const json = { schema: { $ref: refs(type)[0]?.$ref ?? '' } };
  const csv = { schema: { type: 'string' } };
  return applyDecorators(
    Shared(),
    ApiExtraModels(type),
    ApiOperation({ summary, ...(description && { description }) }),
    ApiParam({ name: 'tenant', description: "the token's tenant; operators may name any" }),
    ApiHeader({ name: 'if-none-match', required: false, description: 'ETag of an earlier answer' }),
    ApiResponse({
      status: 200,
      description: 'with an ETag where every day of the range has ended and is aggregated',
      content: { 'application/json': json, ...(exported && { 'text/csv': csv }) },
    }),
    ApiResponse({ status: 304, description: 'nothing has changed since' }),
    ApiProblems('invalid_request', 'range_not_kept', 'not_found', 'forbidden', ...problems),
  );
}
