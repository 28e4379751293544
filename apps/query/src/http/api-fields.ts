/** Short forms of what answers are made of, as OpenAPI describes them. */
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';

type Field = (description?: string) => PropertyDecorator;

const field =
  (options: ApiPropertyOptions): Field =>
  (description) =>
    ApiProperty({ ...options, ...(description && { description }) });

export const Count = field({ type: 'integer', minimum: 0 });
export const CountOrNull = field({ type: 'integer', minimum: 0, nullable: true });
export const Value = field({ type: Number });
export const ValueOrNull = field({ type: Number, nullable: true });
/** A fraction of 1. */
export const Share = field({ type: Number, nullable: true, minimum: 0 });
export const Name = field({ type: String });
export const NameOrNull = field({ type: String, nullable: true });
export const Flag = field({ type: Boolean });
export const Day = field({ type: String, format: 'date' });
export const Moment = field({ type: String, format: 'date-time' });
export const MomentOrNull = field({ type: String, format: 'date-time', nullable: true });

/** The sessions behind a figure: an address of this API, null where no list holds just them. */
export const SessionsUrl = (which = 'behind the figure'): PropertyDecorator =>
  ApiProperty({
    type: String,
    nullable: true,
    format: 'uri-reference',
    description: `lists the sessions ${which}`,
  });

/** Swagger takes a function for a reference to a class only if it is called `type`. */
const lazily = (type: () => unknown): { type: () => never } => ({ type: () => type() as never });

export const One = (type: () => unknown, description?: string): PropertyDecorator =>
  ApiProperty({ ...lazily(type), ...(description && { description }) });

export const OneOrNull = (type: () => unknown, description?: string): PropertyDecorator =>
  ApiProperty({ ...lazily(type), nullable: true, ...(description && { description }) });

export const ListOf = (type: () => unknown, description?: string): PropertyDecorator =>
  ApiProperty({ ...lazily(type), isArray: true, ...(description && { description }) });

export const OneOf = (values: readonly string[], description?: string): PropertyDecorator =>
  ApiProperty({ enum: values, ...(description && { description }) });

export const OneOfOrNull = (values: readonly string[], description?: string): PropertyDecorator =>
  // OpenAPI 3.0 wants null among the values of a nullable enum.
  ApiProperty({ enum: [...values, null], nullable: true, ...(description && { description }) });

/** A page of a list ends with this. */
export const NextCursor = (): PropertyDecorator =>
  ApiProperty({ type: String, nullable: true, description: 'null on the last page' });
