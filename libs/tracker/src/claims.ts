/**
 * Who may send a page's buffered events: the page itself while it lives, afterwards one other page.
 *
 * Web Locks say so exactly: the browser frees a lock when its page is gone, however it went. Where
 * there are none (plain http), a lease in `localStorage` stands in; a page whose timers are held up
 * for minutes can lose it, and then events are sent twice, which the server sorts out.
 */
import { localStore } from './store.ts';

/** Three missed renewals of a throttled background tab. */
const LEASE_MS = 180_000;
/** Long enough that a write of another tab at the same moment is visible. */
const SETTLE_MS = 100;

export interface Claims {
  /** Resolves with whether the name is ours until `releaseAll`. */
  claim(name: string): Promise<boolean>;
  releaseAll(): void;
}

function lockClaims(locks: LockManager): Claims {
  let releases: (() => void)[] | undefined = [];
  return {
    claim: (name) =>
      new Promise((resolve) => {
        locks
          .request(name, { ifAvailable: true }, (lock) => {
            const ours = lock && releases;
            resolve(!!ours);
            return ours && new Promise<void>((release) => ours.push(release));
          })
          .catch(() => resolve(false));
      }),
    releaseAll: () => {
      releases?.forEach((release) => release());
      releases = undefined;
    },
  };
}

function leaseClaims(): Claims {
  const held = new Set<string>();
  const renew = (key: string): string => {
    // The fraction tells two claimants of one millisecond apart.
    const lease = String(Date.now() + LEASE_MS + Math.random());
    localStore.set(key, lease);
    return lease;
  };
  const timer = setInterval(() => held.forEach(renew), LEASE_MS / 3);
  return {
    claim: (name) => {
      const key = `lease.${name}`;
      if (Number(localStore.get(key)) > Date.now()) return Promise.resolve(false);
      const lease = renew(key);
      return new Promise((resolve) => {
        setTimeout(() => {
          const ours = localStore.get(key) === lease;
          if (ours) held.add(key);
          resolve(ours);
        }, SETTLE_MS);
      });
    },
    releaseAll: () => {
      clearInterval(timer);
      held.forEach((key) => localStore.remove(key));
    },
  };
}

/** Fresh claims, for a page's life or for what follows a stay in the back/forward cache. */
export const newClaims = (): Claims => {
  // Only there in secure contexts.
  const { locks } = navigator as Partial<Navigator>;
  return locks ? lockClaims(locks) : leaseClaims();
};
