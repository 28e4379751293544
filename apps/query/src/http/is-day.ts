import { isDay } from '@picasso/domain';
import { buildMessage, ValidateBy } from 'class-validator';

/** A day of the calendar, `yyyy-mm-dd`. */
export const IsDay = (): PropertyDecorator =>
  ValidateBy({
    name: 'isDay',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isDay(value),
      defaultMessage: buildMessage((each) => `${each}$property must be a date such as 2026-11-22`),
    },
  });
