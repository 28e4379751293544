/**
 * Who may send a page's buffered events: the page itself while it lives, afterwards one other page.
 *
 * Every owner has a mark in `localStorage`, and removes it as it leaves. Who wants to take over
 * writes its own name there and waits: a living owner hears of that by the `storage` event and
 * writes its name back, of several that want it the last one's name stands. An owner that could not
 * answer (a frozen tab, a page busy for seconds) finds the mark taken, and lets its stored events go.
 *
 * Web Locks would be exact, but a page that holds one is kept out of Firefox's back/forward cache,
 * and plain http has none. Leases need timers, which browsers hold up in background tabs. What can
 * go wrong here is harmless: events on their way at a wrong takeover arrive twice, with one id.
 */
import { newId } from './browser.ts';
import type { Half } from './half.ts';
import { localStore } from './store.ts';

/** For a busy owner to answer, and twice the time that a write needs to be seen by other pages. */
export const CLAIM_MS = 2_000;

export interface Claims {
  /** Makes the name ours, until `release`. */
  hold(name: string): void;
  /** Says again whose the held name is. False when another page has taken it. */
  keep(): boolean;
  release(): void;
  /**
   * Resolves with whether what lies under somebody else's name is ours now.
   *
   * @param living also names whose owner has not left in order, and may just be silent
   */
  claim(name: string, living: boolean): Promise<boolean>;
}

/** Follows the owner's name; events' keys end with a number. */
const MARK = 'mark';
const TAKEN = 'taken';

export function createClaims(half: Half): Claims {
  const self = newId('');
  let own = '';

  const keep = (): boolean => {
    const mark = localStore.get(own);
    if (mark === TAKEN) return false;
    // Somebody asks, or the page around has cleared its storage.
    if (own && mark !== self) localStore.set(own, self);
    return true;
  };
  half.listen(window, {
    storage: ({ key }: StorageEvent) => key === own && keep(),
  });

  return {
    hold: (name) => {
      own = name + MARK;
      keep();
    },
    keep,
    release: () => {
      localStore.remove(own);
      own = '';
    },
    claim: async (name, living) => {
      const key = name + MARK;
      const before = localStore.get(key);
      if (key === own || (before && !living)) return false;
      localStore.set(key, self);
      await new Promise((resolve) => setTimeout(resolve, CLAIM_MS));
      if (localStore.get(key) !== self) return false;
      // Its owner may wake up one day. Whoever comes after that clears this away.
      if (before && before !== TAKEN) localStore.set(key, TAKEN);
      else localStore.remove(key);
      return true;
    },
  };
}
