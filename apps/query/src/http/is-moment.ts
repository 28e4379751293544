import { parseTime } from '@picasso/contracts/validation';
import { buildMessage, ValidateBy } from 'class-validator';

/** A moment as events tell theirs: ISO 8601 with date and time; without a zone it is UTC. */
export const IsMoment = (): PropertyDecorator =>
  ValidateBy({
    name: 'isMoment',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && parseTime(value) !== undefined,
      defaultMessage: buildMessage(
        (each) => `${each}$property must be a date and time such as 2026-11-22T14:30:05Z`,
      ),
    },
  });
