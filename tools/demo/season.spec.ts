import { describe, expect, it } from '@jest/globals';
import { createRandom } from '../harness/random.ts';
import { animalRescue } from './animal-rescue.ts';
import { journeysOf, SITES, startOf } from './generate.ts';
import { Season } from './season.ts';
import { openingOf, siteTraffic } from './site-traffic.ts';

const DAY_MS = 86_400_000;
const endMs = Date.UTC(2026, 10, 22, 12);
const season = new Season(endMs);
const level = (daysAgo: number): number => season.level(animalRescue, endMs - daysAgo * DAY_MS);

describe('Season', () => {
  it('grows towards the end, stands still in an outage, and rises with campaigns', () => {
    expect(level(0)).toBe(1);
    expect(level(110)).toBeLessThan(level(70));
    expect(level(37.2)).toBe(0);
    const [campaign] = animalRescue.campaigns;
    expect(level(campaign!.daysAgo - 1)).toBeGreaterThan(1.3 * level(campaign!.daysAgo + 1));
  });

  it('never goes past the level that start times are drawn below', () => {
    for (const site of SITES) {
      for (let hour = 0; hour < 120 * 24; hour += 1) {
        expect(season.level(site, endMs - hour * 3_600_000)).toBeLessThanOrEqual(season.highest);
      }
    }
  });

  it('names a campaign for those alone whom it brings', () => {
    const random = createRandom(3);
    const [campaign] = animalRescue.campaigns;
    const at = (daysAgo: number) => endMs - daysAgo * DAY_MS;
    const during = Array.from({ length: 1_000 }, () =>
      season.campaignOf(animalRescue, random, at(campaign!.daysAgo - 1)),
    ).filter((attribution) => attribution !== undefined);
    expect(during.length / 1_000).toBeCloseTo(1 - 1 / campaign!.lift, 1);
    expect(during[0]).toBe(campaign!.attribution);
    expect(season.campaignOf(animalRescue, random, at(1))).toBeUndefined();
  });
});

describe('siteTraffic', () => {
  it('counts, for every source of a day, more visits than the widget was opened in', () => {
    const options = { seed: 5, endMs, days: 60, conversations: 800, pageViewSessions: 0 };
    const journeys = [...journeysOf({ ...options, sites: [animalRescue] })];
    const rows = siteTraffic(animalRescue, journeys.map(openingOf), 1);
    const visits = rows.reduce((sum, row) => sum + row.visits, 0);
    expect(journeys.length / visits).toBeCloseTo(animalRescue.engagement, 2);
    const first = Math.min(...journeys.map(startOf));
    expect(Math.min(...rows.map(({ day }) => Date.parse(day)))).toBeGreaterThan(first - 2 * DAY_MS);
    expect(rows).toContainEqual(expect.objectContaining({ source: 'google', medium: 'organic' }));
  });
});
