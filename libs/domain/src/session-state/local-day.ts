const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * The calendar day of an instant in a time zone, as `yyyy-mm-dd`. An unknown zone counts as UTC,
 * so that a mistyped setting never stops the pipeline.
 */
export function localDay(ms: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    try {
      format = new Intl.DateTimeFormat('en-CA', { ...options, timeZone });
    } catch {
      format = new Intl.DateTimeFormat('en-CA', { ...options, timeZone: 'UTC' });
    }
    formats.set(timeZone, format);
  }
  return format.format(ms);
}
