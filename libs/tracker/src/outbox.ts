/**
 * Events that nobody has answered for yet.
 *
 * Each lies under a key of its own in `localStorage` before anything else is done with it: a write
 * costs the same however many wait, and tabs never rewrite each other's. Without storage, or when
 * it is full, events wait in memory only.
 */
import { byteLength, newId } from './browser.ts';
import { type Claims, newClaims } from './claims.ts';
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

export interface Outbox {
  /** Oldest first. */
  entries(): readonly Entry[];
  /** Those that are not on their way. */
  waiting(): Entry[];
  /** Lets other pages take over whatever is left. */
  release(): void;
  /** Looks again for what others left behind. */
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
  let claims: Claims | undefined;
  /** Keys are prefix, owner, dot, counter. */
  let owner = '';
  let counter = 0;

  const remove = (keys: readonly string[]): void => {
    entries = entries.filter(({ key }) => !keys.includes(key));
    keys.forEach(localStore.remove);
  };
  const entry = (key: string, json: string, stored: boolean): Entry => ({
    key,
    json,
    bytes: byteLength(json),
    stored,
    sending: false,
  });
  const trim = (): void => {
    let bytes = entries.reduce((sum, { bytes }) => sum + bytes, 0);
    let count = 0;
    while (entries.length - count > maxEvents || bytes > maxBytes) {
      bytes -= entries[count++]!.bytes;
    }
    if (count === 0) return;
    remove(entries.slice(0, count).map(({ key }) => key));
    half.report({ type: 'dropped', count, reason: 'buffer_full' });
  };
  const adopt = (): void => {
    const owners = localStore.keys(prefix).map((key) => key.slice(0, key.lastIndexOf('.') + 1));
    new Set(owners).forEach((other) => {
      // Names that are held already, by living pages or by this one, are not available.
      void claims?.claim(other).then((ours) => {
        const counterOf = (key: string): number => Number(key.slice(other.length));
        if (!ours) return;
        const left = localStore.keys(other).sort((a, b) => counterOf(a) - counterOf(b));
        entries.unshift(...left.map((key) => entry(key, localStore.get(key) ?? '', true)));
        trim();
        onAdopted();
      });
    });
  };
  const start = (): void => {
    owner = `${newId(prefix)}.`;
    claims = newClaims();
    // After a stay in the back/forward cache others may have sent what was stored meanwhile;
    // whatever they left is found like any other page's.
    entries = entries.filter(({ stored }) => !stored);
    void claims.claim(owner).then(adopt);
  };
  const release = (): void => {
    claims?.releaseAll();
    claims = undefined;
  };

  half.onActive((now) => {
    if (now) return start();
    release();
    entries = [];
    localStore.keys(prefix).forEach(localStore.remove);
  });
  half.listen(window, {
    // A held lock would keep the page out of the back/forward cache.
    pagehide: release,
    pageshow: ({ persisted }: PageTransitionEvent) => {
      if (persisted && half.active()) start();
    },
  });

  return {
    entries: () => entries,
    waiting: () => entries.filter(({ sending }) => !sending),
    release,
    adopt,
    add: (event) => {
      half.debug('event', event);
      const json = JSON.stringify(event);
      const key = owner + (counter += 1);
      entries.push(entry(key, json, localStore.set(key, json)));
      trim();
    },
    remove,
  };
}
