import { buildMessage, ValidateBy } from 'class-validator';
import { Temporal } from 'temporal-polyfill';

const isDay = (value: unknown): boolean => {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  try {
    return Temporal.PlainDate.from(value).toString() === value;
  } catch {
    return false;
  }
};

/** A day of the calendar, `yyyy-mm-dd`. */
export const IsDay = (): PropertyDecorator =>
  ValidateBy({
    name: 'isDay',
    validator: {
      validate: isDay,
      defaultMessage: buildMessage((each) => `${each}$property must be a date such as 2026-11-22`),
    },
  });
