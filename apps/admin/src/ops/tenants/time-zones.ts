/** Every zone that the browser knows; UTC is not always among what it lists. */
export const TIME_ZONES: readonly string[] = [
  ...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')]),
];
