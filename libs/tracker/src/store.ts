/** Web storage that may be missing, full or forbidden. */

/** The value, or undefined where getting it failed. */
export const attempt = <T>(action: () => T): T | undefined => {
  try {
    return action();
  } catch {
    return undefined;
  }
};

export const parseJson = <T>(text: string | null | undefined): T | undefined =>
  attempt(() => JSON.parse(text!) as T);

export const parseUrl = (text: string): URL | undefined => attempt(() => new URL(text));

/** What is used of `localStorage` and `sessionStorage`. No method throws. */
export interface Store {
  get(key: string): string | null | undefined;
  /** Whether it was stored. */
  set(key: string, value: string): boolean;
  remove(key: string): void;
  /** All keys that begin so. */
  keys(prefix: string): string[];
}

/**
 * @param area reading `window.localStorage` throws where storage is forbidden, so it is read at
 * each use and never kept
 */
export const createStore = (area: () => Storage): Store => ({
  get: (key) => attempt(() => area().getItem(key)),
  set: (key, value) => !!attempt(() => (area().setItem(key, value), true)),
  remove: (key) => attempt(() => area().removeItem(key)),
  keys: (prefix) =>
    attempt(() => Object.keys(area()).filter((key) => key.startsWith(prefix))) ?? [],
});

export const localStore = createStore(() => localStorage);
export const tabStore = createStore(() => sessionStorage);
