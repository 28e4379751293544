/**
 * A session of one tab: its id, its numbers, and when it is over.
 *
 * The state lies in `sessionStorage`, which belongs to one tab and survives reloads and
 * navigations. A duplicated tab (and a window that a page opens) starts with a copy of it, so the
 * state says whether a page works on it: leaving pages put it down, the next page of the tab picks
 * it up. A page that finds it held has a copy of a living tab's state, or that of a tab that
 * crashed, and starts a session of its own. So does a page that finds what another has picked up
 * already: tabs are also duplicated while they are elsewhere. That is decided at once and without
 * asking other tabs, so no two events of a session can share a number. It also means that nobody
 * reads the numbers while they are held, so that they need not be written with every event.
 */
import { newId } from './browser.ts';
import type { EventNumbers } from './event.ts';
import type { Half } from './half.ts';
import { localStore, parseJson, tabStore } from './store.ts';

/** The server ends sessions at 24 hours and 5,000 events, the chat backend's included. */
const LONGEST_MS = 82_800_000;
const MOST_EVENTS = 4_500;
/** Of the names of what was picked up lately, in all tabs: some fifty. */
const TAKEN_LENGTH = 2_000;

export interface SessionState<Extra> {
  id: string;
  /** The numbers given out last. */
  step: number;
  sequence: number;
  startedMs: number;
  lastMs: number;
  /** Empty while a page works on it; else a new name for each time that it was put down. */
  free: string;
  /** False: sampled out, nothing is recorded. */
  sampled: boolean;
  /** What the owner wants to know of it. */
  extra: Extra;
}

export interface Session<Extra> {
  /** The session, if it is not over. */
  current(): SessionState<Extra> | undefined;
  /** The session, or a new one if it is over, kept alive. */
  touch(): SessionState<Extra>;
  /** The next event's numbers; undefined in a session that is sampled out. */
  next(advancesStep: boolean): Required<EventNumbers> | undefined;
  /** Goes on with a session that somebody else has kept, unless there is one. */
  restore(kept: SessionState<Extra> | undefined): void;
  /** Puts it down for the next page, for good. */
  release(): void;
}

/**
 * Nothing is read or written before there is consent; when it is taken back, all is forgotten.
 *
 * @param kind prefix of the session id; a page can have one session of each kind
 * @param begin what a new session begins with
 */
export function createSession<Extra>(
  { options, prefix, listen, active, onActive }: Half,
  kind: string,
  begin: () => Extra,
): Session<Extra> {
  const key = prefix + kind;
  let state: SessionState<Extra> | undefined;

  const hold = (free: string): void => {
    if (state) {
      state.free = free;
      tabStore.set(key, JSON.stringify(state));
    }
  };
  const resume = (): void => {
    const stored = parseJson<SessionState<Extra> | null>(tabStore.get(key));
    // Without storage a page that comes back from the back/forward cache still knows its own.
    if (stored) {
      const taken = localStore.get(key) ?? '';
      // Also of the empty name.
      state = taken.includes(stored.free) ? undefined : stored;
      localStore.set(key, stored.free + taken.slice(0, TAKEN_LENGTH));
    }
    hold('');
  };
  const current = (): SessionState<Extra> | undefined => {
    const now = Date.now();
    return state &&
      now - state.lastMs <= options.idleMs &&
      now - state.startedMs < LONGEST_MS &&
      state.sequence < MOST_EVENTS
      ? state
      : undefined;
  };
  const touch = (): SessionState<Extra> => {
    const now = Date.now();
    state = current() ?? {
      id: newId(kind),
      step: 0,
      sequence: 0,
      startedMs: now,
      lastMs: now,
      free: '',
      sampled: Math.random() < options.sampling,
      extra: begin(),
    };
    state.lastMs = now;
    return state;
  };
  const release = (): void => hold(newId(''));

  onActive((now) => {
    if (now) return resume();
    state = undefined;
    tabStore.remove(key);
    localStore.remove(key);
  });
  listen(window, {
    pagehide: release,
    pageshow: ({ persisted }: PageTransitionEvent) => {
      if (persisted && active()) resume();
    },
  });

  return {
    current,
    touch,
    next: (advancesStep) => {
      const session = touch();
      if (!session.sampled) return undefined;
      if (advancesStep) session.step += 1;
      session.sequence += 1;
      // The page is being left, and has put it down already.
      if (session.free) release();
      return {
        session_id: session.id,
        step_number: session.step,
        sequence_number: session.sequence,
      };
    },
    restore: (kept) => {
      state ??= kept;
    },
    release,
  };
}
