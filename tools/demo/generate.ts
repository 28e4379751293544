/**
 * Demo data: visitors of three invented organisations. The same seed and end give the same events
 * with the same ids, so that sending them again after an interruption doubles nothing.
 */
import { createRandom, type Random } from '../harness/random.ts';
import { animalRescue } from './animal-rescue.ts';
import { converse, PERSONAS, type Persona } from './conversation.ts';
import { healthCentre } from './health-centre.ts';
import { JourneyWriter, type DemoJourney, type Visitor } from './journey-writer.ts';
import { languageSchool } from './language-school.ts';
import { Season } from './season.ts';
import type { Site } from './site.ts';

export const SITES: readonly Site[] = [animalRescue, healthCentre, languageSchool];

const DAY_MS = 24 * 3_600_000;
/** No journey lasts longer: one that starts this long before the end is over by then. */
const LONGEST_MS = 20 * 60_000;

/** How busy each local hour is, from midnight on. */
const HOURS = [1, 1, 0, 0, 0, 1, 2, 4, 7, 9, 10, 10, 9, 9, 8, 8, 7, 7, 8, 9, 9, 7, 4, 2];
const WEEKEND = 0.6;

const DEVICES = [
  {
    user_agent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    viewport_width: 393,
    viewport_height: 852,
  },
  {
    user_agent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    viewport_width: 1536,
    viewport_height: 864,
  },
  {
    user_agent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15',
    viewport_width: 1440,
    viewport_height: 900,
  },
] as const;

export interface HistoryOptions {
  seed: number;
  /** Epoch milliseconds; nothing happens later. */
  endMs: number;
  days: number;
  conversations: number;
  /** Sessions that hold nothing but page views. */
  pageViewSessions: number;
  /** Whose visitors; all of the demo's sites without it. */
  sites?: readonly Site[];
}

/** Picks by weight; weights need not sum to anything. */
function weighted<T>(random: Random, items: readonly (readonly [T, number])[]): T {
  let left = random.next() * items.reduce((sum, [, weight]) => sum + weight, 0);
  return items.find(([, weight]) => (left -= weight) < 0)?.[0] ?? items[0]![0];
}

const hex = (random: Random, digits: number): string =>
  Array.from({ length: digits }, () => random.int(0, 15).toString(16)).join('');

function visitorOf(site: Site, random: Random, startMs: number, season?: Season): Visitor {
  const device = random.pick(DEVICES);
  const usual = weighted(
    random,
    site.sources.map((source) => [source, source.weight] as const),
  );
  const attribution = season?.campaignOf(site, random, startMs) ?? usual.attribution;
  return {
    context: { ...device },
    attribution: { ...attribution, landing_page: random.pick(site.pages) },
    ga_client_id: random.chance(0.8)
      ? `${random.int(100_000_000, 999_999_999)}.${Math.floor(startMs / 1_000)}`
      : undefined,
  };
}

/** One conversation of a visitor of the site, beginning at `startMs`. */
export function conversation(
  site: Site,
  random: Random,
  startMs: number,
  season?: Season,
): DemoJourney {
  const sessionId = `sess_${hex(random, 16)}`;
  const visitor = visitorOf(site, random, startMs, season);
  const visit = new JourneyWriter(random, site.tenant_hash, sessionId, visitor, startMs);
  converse(visit, site, weighted(random, Object.entries(PERSONAS) as [Persona, number][]));
  return visit.journey();
}

/** A visitor who reads some pages and never opens the widget. */
export function pageViews(
  site: Site,
  random: Random,
  startMs: number,
  season?: Season,
): DemoJourney {
  const visitor = visitorOf(site, random, startMs, season);
  const { viewport_width } = visitor.context as { viewport_width: number };
  const { referrer } = visitor.attribution as { referrer?: string };
  const visit = new JourneyWriter(
    random,
    site.tenant_hash,
    `pv_${hex(random, 16)}`,
    visitor,
    startMs,
  );
  for (let left = random.int(1, 4); left > 0; left -= 1) {
    visit.browser('PAGE_VIEW', {
      path: random.pick(site.pages),
      device_class: viewport_width < 600 ? 'mobile' : 'desktop',
      ...(referrer ? { referrer_host: new URL(referrer).host } : {}),
    });
    visit.wait(5, 90);
  }
  return visit.journey();
}

/** Moments of the period at which the site is busy: the busier the hour, the likelier. */
function startTimes(options: HistoryOptions, season: Season) {
  const clocks = new Map<string, Intl.DateTimeFormat>();
  const busiest = Math.max(...HOURS) * season.highest;
  return (site: Site, random: Random): number => {
    const clock =
      clocks.get(site.time_zone) ??
      new Intl.DateTimeFormat('en-GB', {
        timeZone: site.time_zone,
        hour: '2-digit',
        weekday: 'short',
        hourCycle: 'h23',
      });
    clocks.set(site.time_zone, clock);
    for (;;) {
      const ago = LONGEST_MS + Math.floor(random.next() * (options.days * DAY_MS - LONGEST_MS));
      const at = options.endMs - ago;
      const parts = Object.fromEntries(
        clock.formatToParts(at).map(({ type, value }) => [type, value]),
      );
      const isWeekend = ['Sat', 'Sun'].includes(parts['weekday'] ?? '');
      const busy = (HOURS[Number(parts['hour'])] ?? 0) * (isWeekend ? WEEKEND : 1);
      if (random.next() * busiest < busy * season.level(site, at)) return at;
    }
  };
}

export const pickSite = (random: Random, sites: readonly Site[] = SITES): Site =>
  weighted(
    random,
    sites.map((site) => [site, site.weight] as const),
  );

/** Journeys of the last days in no order, made as they are asked for. */
export function* journeysOf(options: HistoryOptions): Generator<DemoJourney> {
  const random = createRandom(options.seed);
  const season = new Season(options.endMs);
  const startTime = startTimes(options, season);
  const begin = (journey: typeof conversation): DemoJourney => {
    const site = pickSite(random, options.sites);
    return journey(site, random, startTime(site, random), season);
  };
  for (let left = options.conversations; left > 0; left -= 1) yield begin(conversation);
  for (let left = options.pageViewSessions; left > 0; left -= 1) yield begin(pageViews);
}

export const startOf = ({ events }: DemoJourney): number => events[0]!.at_ms;

/** Journeys of the last days, oldest first. */
export const history = (options: HistoryOptions): DemoJourney[] =>
  [...journeysOf(options)].sort((a, b) => startOf(a) - startOf(b));
