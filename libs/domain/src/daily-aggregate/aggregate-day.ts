import {
  DEFAULT_OFFICE_HOURS,
  type DailyAggregate,
  type Figures,
  type OfficeHours,
  type SessionSummary,
} from '@picasso/contracts';
import { hoursOfDay, knownZone, type LocalHour } from '../ranges/local-time.ts';
import { sumFigures } from './figures.ts';
import { officeMinutes } from './office-hours.ts';
import { sessionFigures, type Partly } from './session-figures.ts';

export interface DayInput {
  tenant_hash: string;
  /** `yyyy-mm-dd` in the time zone. */
  day: string;
  /** Each session once, in any order. Those that began on another day are not counted. */
  summaries: Iterable<SessionSummary>;
  /** IANA name; UTC where it is unknown. */
  time_zone: string;
  /** Mon–Fri 09–17 where not given. */
  office_hours?: OfficeHours | undefined;
  /** Count open sessions as they are now: for today. An ended day counts closed ones only. */
  include_open?: boolean;
}

/**
 * The figures of a tenant's day: a pure function of the set of the day's summaries. Equal sets give
 * equal bytes of JSON, and parts of a set give figures that `mergeDays` puts together again.
 *
 * @throws RangeError where `day` is no day, or office hours are no times
 */
export function aggregateDay(input: DayInput): DailyAggregate {
  const { tenant_hash, day } = input;
  const time_zone = knownZone(input.time_zone);
  const hours = hoursOfDay(day, time_zone);
  const office = officeMinutes(input.office_hours ?? DEFAULT_OFFICE_HOURS);
  // One by one: a session's part is forgotten as soon as it is added.
  function* parts(): Generator<Partly<Figures>> {
    for (const summary of input.summaries) {
      if (summary.closed_by === null && !input.include_open) continue;
      const hour = hourAt(hours, Date.parse(summary.started_at));
      if (hour) yield sessionFigures(summary, hour, office);
    }
  }
  return { v: 1, tenant_hash, day, time_zone, figures: sumFigures(parts()) };
}

function hourAt(hours: readonly LocalHour[], ms: number): LocalHour | undefined {
  return hours.find(({ start_ms, end_ms }) => start_ms <= ms && ms < end_ms);
}
