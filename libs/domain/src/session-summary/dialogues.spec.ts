/**
 * Summaries of real conversations against an independent reading of the wire contract. Where the
 * data is not there these specs are skipped, and say so.
 */
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject, SessionSummary, StoredEvent } from '@picasso/contracts';
import {
  CLOSED_BY,
  dialoguesPresent,
  readDialogues,
  readExpected,
  storedEvents,
  type Dialogue,
  type Shape,
} from '../dialogues.fixture.ts';
import { summaryOf } from '../event-builder.fixture.ts';

/** Deterministic disorder: every third event first, from the end, and each of them twice. */
const disordered = (events: StoredEvent[]): StoredEvent[] => {
  const picked = events.filter((_, index) => index % 3 === 0).reverse();
  return [...picked, ...events.toReversed(), ...picked];
};

/** The summary under the data set's names. */
const asExpected = (summary: SessionSummary): JsonObject => ({
  ...summary,
  source: [summary.attribution.source, summary.attribution.medium],
  forms: Object.fromEntries(
    Object.entries(summary.forms).map(([id, { views, starts, completions, abandons }]) => [
      id,
      { views, starts, completions, abandons },
    ]),
  ),
});

(dialoguesPresent ? describe : describe.skip)('the dialogues', () => {
  let dialogues: Dialogue[] = [];
  let expected = new Map<unknown, JsonObject>();

  beforeAll(() => {
    dialogues = readDialogues();
    const sessions = readExpected().filter((line) => 'session_id' in line);
    expected = new Map(sessions.map((line) => [line.session_id, line]));
  });

  it('are all there', () => {
    expect([dialogues.length, expected.size]).toEqual([2098, 2098]);
  });

  it.each<[Shape, string, (events: StoredEvent[]) => StoredEvent[]]>([
    ['flat', 'in order', (events) => events],
    ['flat', 'out of order and repeated', disordered],
    ['deployed widget', 'in order', (events) => events],
    ['deployed widget', 'out of order and repeated', disordered],
  ])(
    'of a %s, %s, agree in every field of every session',
    (shape, _, deliver) => {
      const differences = dialogues.flatMap((dialogue) => {
        const { session_id, tenant_hash, ends } = dialogue;
        const events = deliver(storedEvents(dialogue, shape));
        const timed_out = ends === 'silent';
        const actual = asExpected(summaryOf(events, { session_id, tenant_hash, timed_out }));
        const wanted = {
          ...expected.get(session_id),
          closed_by: CLOSED_BY[ends],
          missing: shape === 'flat' ? 0 : null,
        };
        // Jest's own comparison takes seconds for as many.
        return Object.entries(wanted)
          .filter(([field, value]) => !isDeepStrictEqual(actual[field], value))
          .map(([field, value]) => ({ session_id, field, wanted: value, actual: actual[field] }));
      });
      expect(differences).toEqual([]);
    },
    60_000,
  );
});
