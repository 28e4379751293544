import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { EVENT_TYPES, LIMITS, TENANT_HASH } from '@picasso/contracts';
import { openBatch, parseBatch } from '@picasso/contracts/validation';
import { history, SITES } from './generate.ts';

const DAY_MS = 24 * 3_600_000;
const options = {
  seed: 7,
  endMs: Date.UTC(2026, 10, 22, 12),
  days: 5,
  conversations: 300,
  pageViewSessions: 100,
};
const journeys = history(options);
const events = journeys.flatMap((journey) => journey.events);

const typesOf = (journey: (typeof journeys)[number]): string[] =>
  journey.events.map(({ event }) => event.event_type);

describe('history', () => {
  it('repeats itself exactly for the same seed and end, and only for those', () => {
    expect(history(options)).toEqual(journeys);
    expect(history({ ...options, seed: 8 })).not.toEqual(journeys);
  });

  it('sends nothing that ingest would reject', () => {
    for (const { tenant_hash, events: sent } of journeys) {
      for (const origin of ['browser', 'server'] as const) {
        const batch = openBatch({
          sent_at: new Date(options.endMs).toISOString(),
          events: sent.filter((event) => event.origin === origin).map(({ event }) => event),
        });
        if ('error' in batch) throw new Error(batch.message);
        const { rejected } = parseBatch(batch, {
          grant: { tenant_hash, origin },
          received_ms: options.endMs,
          sha256: (text) => createHash('sha256').update(text).digest('hex'),
        });
        expect(rejected).toEqual([]);
      }
    }
  });

  it('stays within the period, which is younger than the too-late limit', () => {
    const times = events.map(({ at_ms }) => at_ms);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(options.endMs - options.days * DAY_MS);
    expect(Math.max(...times)).toBeLessThanOrEqual(options.endMs);
    expect(options.days * DAY_MS).toBeLessThan(LIMITS.tooLateMs);
  });

  it('gives every event its own id and every session a dense sequence in the order of time', () => {
    expect(new Set(events.map(({ event }) => event.event_id)).size).toBe(events.length);
    expect(new Set(journeys.map(({ session_id }) => session_id)).size).toBe(journeys.length);
    for (const journey of journeys) {
      const browser = journey.events.filter(({ origin }) => origin === 'browser');
      expect(browser.map(({ event }) => event.sequence_number)).toEqual(
        browser.map((_, i) => i + 1),
      );
      const times = journey.events.map(({ at_ms }) => at_ms);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    }
  });

  it('sends answers with the server key, each to a step that was there before', () => {
    for (const { events: sent } of journeys) {
      for (const [index, { origin, event }] of sent.entries()) {
        expect(origin === 'server').toBe(event.event_type === 'QA_COMPLETE');
        if (origin === 'browser') continue;
        const asked = sent.slice(0, index).map((earlier) => earlier.event.step_number);
        expect(asked).toContain(event.payload['in_response_to_step']);
      }
    }
  });

  it('has every kind of visit: silent ends, abandoned and completed forms, pages only', () => {
    const conversations = journeys.filter(({ session_id }) => session_id.startsWith('sess_'));
    const pages = journeys.filter(({ session_id }) => session_id.startsWith('pv_'));
    expect(conversations).toHaveLength(options.conversations);
    expect(pages).toHaveLength(options.pageViewSessions);
    expect(new Set(pages.flatMap(typesOf))).toEqual(new Set(['PAGE_VIEW']));

    const ends = ['WIDGET_CLOSED', 'SESSION_ENDED'];
    const silent = conversations.filter((journey) => !ends.includes(typesOf(journey).at(-1)!));
    expect(silent.length).toBeGreaterThan(options.conversations / 10);
    expect(silent.length).toBeLessThan(options.conversations / 2);

    const scheduling = (type: string): boolean => type.startsWith('SCHEDULING_');
    const used = new Set(events.map(({ event }) => event.event_type));
    expect(EVENT_TYPES.filter((type) => !used.has(type) && !scheduling(type))).toEqual([]);
  });

  it('finishes every form that it starts at most once', () => {
    for (const journey of journeys) {
      const count = (type: string): number => typesOf(journey).filter((t) => t === type).length;
      const ended = count('FORM_COMPLETED') + count('FORM_ABANDONED');
      expect(ended).toBeLessThanOrEqual(count('FORM_STARTED'));
    }
  });

  it('spreads visitors over all sites and sources', () => {
    for (const { tenant_hash, sources } of SITES) {
      const own = journeys.filter((journey) => journey.tenant_hash === tenant_hash);
      expect(own.length).toBeGreaterThan(journeys.length / 10);
      const campaigns = new Set(
        own.map(({ events: [first] }) => first?.event.attribution?.['utm_source']),
      );
      const known = new Set(sources.map(({ attribution }) => attribution['utm_source']));
      expect(campaigns).toEqual(known);
    }
  });
});

describe('SITES', () => {
  it('names only forms that it has, and hashes that are subject tokens', () => {
    for (const site of SITES) {
      expect(site.tenant_hash).toMatch(TENANT_HASH);
      const ids = site.forms.map(({ id }) => id);
      const opened = site.topics.flatMap(({ ctas }) => ctas.flatMap(({ form }) => form ?? []));
      expect(new Set(opened)).toEqual(new Set(ids));
    }
  });
});
