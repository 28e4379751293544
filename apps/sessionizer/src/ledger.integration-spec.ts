import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DeadLetter, type EventSlice, HEADERS, SUBJECTS } from '@picasso/contracts';
import {
  type Broker,
  DeadLetters,
  connectBroker,
  createPublisher,
  provisionStreams,
} from '@picasso/messaging';
import {
  LedgerStore,
  NO_COUNTS,
  SessionStore,
  type Tables,
  connectTables,
  provisionTables,
} from '@picasso/storage';
import { eventSlice, sessionOf, storedEvents, useEngines } from '@picasso/testing';
import { Ledger } from './ledger.ts';

describe('Ledger', () => {
  const engines = useEngines({ nats: true, tables: true });
  let broker: Broker;
  let tables: Tables;
  let ledger: Ledger;
  let store: LedgerStore;

  const send = async (slice: EventSlice): Promise<number> => {
    const { seq } = await createPublisher(broker).publish(
      SUBJECTS.events(slice.tenant_hash),
      JSON.stringify(slice),
      { headers: { [HEADERS.events]: String(slice.events.length) } },
    );
    return seq;
  };
  const write = async (slice: EventSlice, seq: number, count: number) => {
    const events = storedEvents(slice, seq).slice(0, count);
    await new SessionStore(tables, 1_000).writeEvents(slice, events, Date.now());
  };

  beforeAll(async () => {
    tables = connectTables({ endpoint: engines().tables.url, region: 'local', prefix: 'ledger-' });
    await provisionTables(tables);
    broker = await connectBroker({ url: engines().nats.url, name: 'spec' });
    await provisionStreams(broker.jsm);
    store = new LedgerStore(tables);
    ledger = new Ledger(broker, store);
  }, 120_000);

  afterAll(async () => {
    await broker.close();
    tables.close();
  });

  it('tells stored, duplicate, dead-lettered, missing and waiting apart', async () => {
    const slice = eventSlice(
      sessionOf(['WIDGET_OPENED', 'MESSAGE_SENT', 'CTA_CLICKED', 'WIDGET_CLOSED']),
    );
    const tenant = slice.tenant_hash;
    const first = await send(slice);
    const second = await send(slice);
    expect(Object.fromEntries(await ledger.waiting(0))).toEqual({ [tenant]: 8 });

    // Two of four were stored; of the others one was refused, and one is lost.
    await write(slice, first, 2);
    const refused = slice.events[2]!;
    const letter: DeadLetter = {
      v: 1,
      tenant_hash: tenant,
      reason: 'session_full',
      error: 'full',
      path: '',
      event: refused,
      session_id: slice.session_id,
      origin: 'browser',
      attempts: 1,
      first_ms: 0,
      last_ms: 0,
      stream_seq: first,
    };
    const letters = new DeadLetters(createPublisher(broker));
    await letters.publish(letter);
    await letters.publish({ ...letter, stream_seq: second });

    expect(await ledger.step(first)).toEqual({ position: first, messages: 1, unaudited: 0 });
    const afterFirst = { ...NO_COUNTS, accepted: 4, stored: 2, dead_lettered: 1, missing: 1 };
    expect((await store.totals()).get(tenant)).toEqual(afterFirst);

    await ledger.step(second);
    expect((await store.totals()).get(tenant)).toEqual({
      accepted: 8,
      stored: 2,
      duplicates: 2,
      dead_lettered: 2,
      missing: 2,
    });
    // Not even an id: the letter is about the message.
    const third = await send({ ...slice, events: [null as never] });
    await letters.publish({ ...letter, reason: 'poison', event: null, stream_seq: third });
    await ledger.step(third);
    expect((await store.totals()).get(tenant)).toMatchObject({ accepted: 9, dead_lettered: 3 });
    expect(await ledger.waiting(third)).toEqual(new Map());
    expect(await ledger.step(third)).toMatchObject({ messages: 0 });
  });

  it('says how many messages left the stream before it saw them', async () => {
    const slice = eventSlice(sessionOf(['WIDGET_OPENED'], { sessionId: 'sess_purged' }));
    const [, , last] = [await send(slice), await send(slice), await send(slice)];
    await write(slice, last, 1);
    await broker.jsm.streams.purge('EVENTS', { seq: last });
    expect(await ledger.step(last)).toEqual({ position: last, messages: 1, unaudited: 2 });
  });
});
