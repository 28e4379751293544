/**
 * Events that nobody has answered for yet.
 *
 * Each lies under a key of its own in `localStorage` before anything else is done with it: a write
 * costs the same however many wait, and tabs never rewrite each other's. Without storage, or when
 * it is full, events wait in memory only.
 */
import { byteLength, newId } from './browser.ts';
import { createClaims } from './claims.ts';
import type { Half } from './half.ts';
import { localStore } from './store.ts';

export interface Entry {
  key: string;
  json: string;
  /** Of the JSON in UTF-8. */
  bytes: number;
  /** In storage, not just in memory. */
  stored: boolean;
  /** On its way: not to be sent a second time meanwhile. */
  sending: boolean;
}

export const bytesOf = (entries: readonly Entry[]): number =>
  entries.reduce((sum, { bytes }) => sum + bytes, 0);

export interface Outbox {
  /** Oldest first. */
  entries(): readonly Entry[];
  /** Those that are not on their way, and that nobody else has sent. */
  waiting(): Entry[];
  /** Lets other pages take over whatever is left. */
  release(): void;
  /** Looks again for what others have left behind. */
  adopt(): void;
  add(event: object): void;
  remove(keys: readonly string[]): void;
}

/**
 * Becomes the owner of a place in storage when there is consent, and takes over what pages that are
 * gone left behind. When consent is taken back, all of that is forgotten.
 *
 * @param name of the half: both may be in one page
 * @param onAdopted called when events of pages that are gone were found
 */
export function createOutbox(half: Half, name: string, onAdopted: () => void): Outbox {
  const { maxEvents, maxBytes } = half.options;
  const prefix = `${half.prefix}${name}.`;
  let entries: Entry[] = [];
  const claims = createClaims(half);
  /** Keys are prefix, owner, dot, number. */
  let owner = '';
  let latest = 0;

  /** 0 of a mark's. */
  const numberIn = (key: string): number => Number(/\d+$/.exec(key));
  const remove = (keys: readonly string[]): void => {
    entries = entries.filter(({ key }) => !keys.includes(key));
    keys.forEach(localStore.remove);
  };
  /** @param number tells the order over all owners */
  const keepAs = (number: number, json: string): Entry => {
    while (entries.some(({ key }) => key === owner + number)) number += 1;
    const key = owner + number;
    const stored = localStore.set(key, json);
    return { key, json, bytes: byteLength(json), stored, sending: false };
  };
  const trim = (): void => {
    let count = 0;
    while (entries.length > maxEvents || bytesOf(entries) > maxBytes) {
      remove([entries[0]!.key]);
      count += 1;
    }
    if (count) half.report({ type: 'dropped', count, reason: 'buffer_full' });
  };
  /** What others left becomes ours under our own name: whoever thinks it is still theirs finds none. */
  const takeOver = (key: string): void => {
    const json = localStore.get(key);
    if (!json) return;
    const entry = keepAs(numberIn(key), json);
    // Without room for another copy it stays where it is.
    if (entry.stored) localStore.remove(key);
    else {
      entry.key = key;
      entry.stored = true;
    }
    entries.push(entry);
  };
  const adopt = (living = false): void => {
    if (!half.active()) return;
    const owners = localStore.keys(prefix).map((key) => key.replace(/\w+$/, ''));
    new Set(owners).forEach((other) => {
      void claims.claim(other, living).then((ours) => {
        if (!ours || !half.active()) return;
        localStore.keys(other).filter(numberIn).forEach(takeOver);
        entries.sort(({ key: one }, { key: two }) => numberIn(one) - numberIn(two));
        trim();
        onAdopted();
      });
    });
  };
  const start = (): void => {
    // What was stored under a former name is found like any other page's, unless others have it.
    entries = entries.filter(({ stored }) => !stored);
    // Of the others nobody knows any more whether they have arrived.
    entries.forEach((entry) => (entry.sending = false));
    owner = `${newId(prefix)}.`;
    claims.hold(owner);
    adopt(true);
  };
  const keep = (): void => {
    if (!claims.keep()) start();
  };

  half.onActive((now) => {
    if (now) return start();
    claims.release();
    entries = [];
    localStore.keys(prefix).forEach(localStore.remove);
  });
  half.listen(window, {
    pagehide: claims.release,
    pageshow: ({ persisted }: PageTransitionEvent) => {
      if (persisted && half.active()) start();
    },
  });

  return {
    entries: () => entries,
    waiting: () => {
      keep();
      return entries.filter(({ sending }) => !sending);
    },
    release: claims.release,
    adopt,
    add: (event) => {
      keep();
      half.debug('event', event);
      latest = Math.max(latest + 1, Date.now());
      entries.push(keepAs(latest, JSON.stringify(event)));
      trim();
    },
    remove,
  };
}
