import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiResponse } from '@nestjs/swagger';
import { Problem, PROBLEM_CODES, PROBLEMS, type ProblemCode } from './problem.ts';

class ParameterErrorDto {
  @ApiProperty({ type: String }) parameter!: string;
  @ApiProperty({ type: String }) message!: string;
}

export class ProblemDto {
  @ApiProperty({ type: String, example: 'urn:picasso:problem:not_found' }) type!: string;
  @ApiProperty({ type: String }) title!: string;
  @ApiProperty({ type: 'integer' }) status!: number;
  @ApiProperty({ enum: PROBLEM_CODES, description: 'stable; clients branch on it' })
  code!: ProblemCode;
  @ApiPropertyOptional({ type: String, description: 'for people' }) detail?: string;
  @ApiPropertyOptional({ type: [ParameterErrorDto] }) errors?: ParameterErrorDto[];
}

const ALWAYS: ProblemCode[] = [
  ...(['unauthenticated', 'invalid_token', 'rate_limited'] as const),
  ...(['headers_too_large', 'unavailable'] as const),
];

const examplesOf = (codes: readonly ProblemCode[]) =>
  Object.fromEntries(codes.map((code) => [code, { value: new Problem(code).body() }]));

/** Documents a route's error answers: the given codes besides those that every route can answer. */
export const ApiProblems = (...codes: ProblemCode[]): MethodDecorator & ClassDecorator => {
  const all = [...codes, ...ALWAYS];
  const statuses = new Set(all.map((code) => PROBLEMS[code].status));
  return applyDecorators(
    ...[...statuses].map((status) =>
      ApiResponse({
        status,
        description: all
          .filter((code) => PROBLEMS[code].status === status)
          .map((code) => `\`${code}\`: ${PROBLEMS[code].title}`)
          .join('; '),
        content: {
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/ProblemDto' },
            examples: examplesOf(all.filter((code) => PROBLEMS[code].status === status)),
          },
        },
      }),
    ),
  );
};
