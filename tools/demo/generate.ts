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
}

/** Picks by weight; weights need not sum to anything. */
function weighted<T>(random: Random, items: readonly (readonly [T, number])[]): T {
  let left = random.next() * items.reduce((sum, [, weight]) => sum + weight, 0);
  return items.find(([, weight]) => (left -= weight) < 0)?.[0] ?? items[0]![0];
}

const hex = (random: Random, digits: number): string =>
  Array.from({ length: digits }, () => random.int(0, 15).toString(16)).join('');

function visitorOf(site: Site, random: Random, startMs: number): Visitor {
  const device = random.pick(DEVICES);
  const { attribution } = weighted(
    random,
    site.sources.map((source) => [source, source.weight] as const),
  );
  return {
    context: { ...device },
    attribution: { ...attribution, landing_page: random.pick(site.pages) },
    ga_client_id: random.chance(0.8)
      ? `${random.int(100_000_000, 999_999_999)}.${Math.floor(startMs / 1_000)}`
      : undefined,
  };
}

/** One conversation of a visitor of the site, beginning at `startMs`. */
export function conversation(site: Site, random: Random, startMs: number): DemoJourney {
  const sessionId = `sess_${hex(random, 16)}`;
  const visitor = visitorOf(site, random, startMs);
  const visit = new JourneyWriter(random, site.tenant_hash, sessionId, visitor, startMs);
  converse(visit, site, weighted(random, Object.entries(PERSONAS) as [Persona, number][]));
  return visit.journey();
}

/** A visitor who reads some pages and never opens the widget. */
export function pageViews(site: Site, random: Random, startMs: number): DemoJourney {
  const visitor = visitorOf(site, random, startMs);
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

/** A moment of the period at which the site is busy: the busier the hour, the likelier. */
function startTime(site: Site, random: Random, options: HistoryOptions): number {
  const local = new Intl.DateTimeFormat('en-GB', {
    timeZone: site.time_zone,
    hour: '2-digit',
    weekday: 'short',
    hourCycle: 'h23',
  });
  for (;;) {
    const at =
      options.endMs - LONGEST_MS - Math.floor(random.next() * (options.days * DAY_MS - LONGEST_MS));
    const parts = Object.fromEntries(
      local.formatToParts(at).map(({ type, value }) => [type, value]),
    );
    const isWeekend = ['Sat', 'Sun'].includes(parts['weekday'] ?? '');
    const busy = (HOURS[Number(parts['hour'])] ?? 0) * (isWeekend ? WEEKEND : 1);
    if (random.next() * Math.max(...HOURS) < busy) return at;
  }
}

export const pickSite = (random: Random): Site =>
  weighted(
    random,
    SITES.map((site) => [site, site.weight] as const),
  );

/** Journeys of the last days, oldest first. */
export function history(options: HistoryOptions): DemoJourney[] {
  const random = createRandom(options.seed);
  const begin = (journey: typeof conversation): DemoJourney => {
    const site = pickSite(random);
    return journey(site, random, startTime(site, random, options));
  };
  const journeys = [
    ...Array.from({ length: options.conversations }, () => begin(conversation)),
    ...Array.from({ length: options.pageViewSessions }, () => begin(pageViews)),
  ];
  return journeys.sort((a, b) => a.events[0]!.at_ms - b.events[0]!.at_ms);
}
