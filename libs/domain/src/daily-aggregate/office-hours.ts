import type { OfficeHours } from '@picasso/contracts';
import type { LocalHour } from '../ranges/local-time.ts';

/** Office hours as minutes of the local day. */
export interface OfficeMinutes {
  days: ReadonlySet<number>;
  from: number;
  to: number;
}

/** @throws RangeError where a time is not `hh:mm` */
export function officeMinutes({ days, from, to }: OfficeHours): OfficeMinutes {
  return { days: new Set(days), from: minutes(from), to: minutes(to) };
}

/** Whether the moment, which lies in `hour`, is within office hours. */
export function isOfficeTime(ms: number, hour: LocalHour, office: OfficeMinutes): boolean {
  const minute = hour.hour * 60 + hour.minute + Math.floor((ms - hour.start_ms) / 60_000);
  return office.days.has(hour.weekday) && minute >= office.from && minute < office.to;
}

function minutes(time: string): number {
  const parts = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(time);
  if (!parts) throw new RangeError(`not a time of day: ${time}`);
  return Number(parts[1]) * 60 + Number(parts[2]);
}
