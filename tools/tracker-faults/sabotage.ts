/**
 * Ways to break what the SDK relies on, in the page. The checks have to notice each of them:
 * otherwise they would not notice a broken SDK either.
 */
import type { BrowserContext } from 'playwright-core';

export interface Sabotage {
  name: string;
  /** How a line of the mistakes begins that it has to cause. */
  caughtAs: RegExp;
  /** Runs in every page before anything else. */
  script: string;
}

const wrapSetItem = (store: string, replacement: string): string => `
  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = function (key, value) {
    const mine = (() => { try { return this === window.${store}; } catch { return false; } })();
    return mine && key.startsWith('picasso.') ? ${replacement} : setItem.call(this, key, value);
  };`;

export const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'events are kept in memory only',
    caughtAs: /^lost:/,
    script: wrapSetItem('localStorage', 'undefined'),
  },
  {
    name: 'events count as answered when they have been sent',
    caughtAs: /^lost:/,
    script: `
      const { fetch } = window;
      window.fetch = async (url, init) => {
        void fetch(url, init).catch(() => undefined);
        const accepted = JSON.parse(init.body).events.length;
        return Response.json({ accepted, duplicates: 0, rejected: [] });
      };`,
  },
  {
    name: 'a duplicated tab goes on with the session that it copied',
    caughtAs: /^shared number:/,
    script: wrapSetItem(
      'sessionStorage',
      `setItem.call(this, key, value.replace('"free":""', '"free":"' + Math.random() + '"'))`,
    ),
  },
];

export async function sabotage(context: BrowserContext, { script }: Sabotage): Promise<void> {
  await context.addInitScript(`{${script}}`);
}
