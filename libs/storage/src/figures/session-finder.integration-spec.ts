import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { SessionSummary } from '@picasso/contracts';
import { summarise } from '@picasso/domain';
import { eventSlice, sessionOf, storedEvents, useEngines } from '@picasso/testing';
import { provisionTables } from '../provision.ts';
import { SessionStore } from '../session-store.ts';
import { connectTables, type Tables } from '../tables.ts';
import { SessionFinder } from './session-finder.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 22, 23);
/** On the earliest day that the tables hold, and the days beside it. */
const STARTS = [-1, 0, 0, 0, 0, 1].map((days, i) => NOW - (89 - days) * DAY - i * HOUR);

const engines = useEngines({ tables: true });
let tables: Tables;
const summaries = STARTS.map((startMs, i): SessionSummary => {
  const key = { tenant_hash: 'tn', session_id: `s${i}` };
  const options = { tenantHash: key.tenant_hash, sessionId: key.session_id, startMs };
  const slice = eventSlice(sessionOf(['MESSAGE_SENT', 'WIDGET_CLOSED'], options));
  const rest = { skew_ms: 0, own_hosts: [], timed_out: true, revision: 0 };
  return summarise({ ...key, ...rest, events: storedEvents(slice) });
});

beforeAll(async () => {
  const { url } = engines().tables;
  tables = connectTables({ endpoint: url, region: 'us-east-1', prefix: 'finder-' });
  await provisionTables(tables);
  const store = new SessionStore(tables, 60_000);
  for (const summary of summaries) {
    const { tenant_hash, session_id, started_at } = summary;
    const started_ms = Date.parse(started_at);
    await store.commit({
      key: { tenant_hash, session_id },
      expected: 0,
      row: {
        ...{ version: 1, status: 'final', kind: 'session', started_ms, last_seen_ms: started_ms },
        ...{ rows: 2, skew_ms: 0, revision: 0, counted: null, summary },
        final_day: started_at.slice(0, 10),
      },
      deltas: [],
      marks: [],
    });
  }
});
afterAll(() => tables.close());

it.each([
  ['by date', {}],
  ['by outcome', { outcome: 'conversation' } as const],
])('%s, the next page goes on where the last one ended, also across midnight', async (_, more) => {
  let nowMs = NOW;
  const finder = new SessionFinder(tables, {
    now: () => nowMs,
    ownHosts: async () => [],
    // The archive has them all, long before the tables lose them.
    archive: {
      archivedSummaries: async (_tenant, day) =>
        summaries.filter(({ started_at }) => started_at.startsWith(day)),
    },
  });
  const query = { tenantHash: 'tn', timeZone: 'UTC', fromMs: NOW - 100 * DAY, toMs: NOW, ...more };
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await finder.page(query, 2, after);
    found.push(...page.items.map(({ session_id }) => session_id));
    after = page.after;
    nowMs += 2 * HOUR;
  } while (after);
  expect(found).toEqual(['s5', 's1', 's2', 's3', 's4', 's0']);
});
