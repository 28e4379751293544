/**
 * The few kinds of fields that events have, as class-validator decorators.
 *
 * `null` is as good as absent in an optional field (deployed widgets send nulls), which is what
 * class-validator's IsOptional means and what the generated schemas say.
 */
import 'reflect-metadata';
import {
  IsBoolean,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
} from 'class-validator';
import { LIMITS } from './events.ts';

/** In this order: the schema takes a field's type from the last one, and Min knows no integers. */
const all =
  (...decorators: PropertyDecorator[]): PropertyDecorator =>
  (target, property) => {
    for (const decorate of decorators) decorate(target, property);
  };

const optional = (decorator: PropertyDecorator): PropertyDecorator => all(IsOptional(), decorator);

export const Text = (): PropertyDecorator => IsString();
export const OptionalText = (): PropertyDecorator => optional(Text());
export const OptionalFlag = (): PropertyDecorator => optional(IsBoolean());

/** A measurement: may be negative (a clock that was set back), but stays exact when it is summed. */
export const OptionalNumber = (): PropertyDecorator =>
  optional(all(Min(-LIMITS.number), Max(LIMITS.number), IsNumber()));

/** A position in a list. Some widgets say "none" with -1, so that is allowed. */
export const Index = (): PropertyDecorator => all(Min(-1), Max(LIMITS.number), IsInt());
export const OptionalIndex = (): PropertyDecorator => optional(Index());

export const OptionalCount = (): PropertyDecorator =>
  optional(all(Min(0), Max(LIMITS.number), IsInt()));

/** Ids end up in table keys and message headers: not empty, bounded, no control characters. */
export const Id = (): PropertyDecorator =>
  all(MinLength(1), MaxLength(LIMITS.idLength), Matches(/^[^\u0000-\u001f\u007f]*$/), IsString());
export const OptionalId = (): PropertyDecorator => optional(Id());

/** One to three numbers with dots; which major versions are accepted is decided in validation.ts. */
export const Version = (): PropertyDecorator =>
  all(Matches(/^\d{1,9}(\.\d{1,9}){0,2}$/), IsString());

export const Step = (): PropertyDecorator => all(Min(0), Max(LIMITS.stepNumber), IsInt());
export const OptionalStep = (): PropertyDecorator => optional(Step());

/** Fields of more than one type, by the name of their check; the schemas take them from here. */
export const UNION_TYPES: Readonly<Record<'isFlagOrText' | 'isTime', readonly string[]>> = {
  isFlagOrText: ['boolean', 'string'],
  isTime: ['string', 'number'],
};

const union = (name: keyof typeof UNION_TYPES): PropertyDecorator => {
  const types = UNION_TYPES[name];
  return ValidateBy({
    name,
    validator: {
      validate: (value: unknown): boolean =>
        types.includes(typeof value) && (typeof value !== 'number' || Number.isFinite(value)),
      defaultMessage: () => `$property must be ${types.join(' or ')}`,
    },
  });
};

/** `true`/`false`, or the id of the form that is triggered. */
export const OptionalFlagOrText = (): PropertyDecorator => optional(union('isFlagOrText'));

/** ISO 8601 with a time, or epoch milliseconds; `parseTime` in validation.ts reads it. */
export const OptionalTime = (): PropertyDecorator => optional(union('isTime'));
