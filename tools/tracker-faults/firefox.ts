/**
 * Firefox as Debian has it, spoken to in WebDriver BiDi: just what the spec needs. (playwright wants
 * a Firefox of its own, and commands that an ESR does not know.)
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const NAMES = ['firefox-esr', 'firefox'];
const START_MS = 60_000;

/** `FIREFOX` if it is set, else what is on PATH; undefined where there is none. */
export function findFirefox(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env['FIREFOX']) return env['FIREFOX'];
  return (env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)))
    .find((path) => existsSync(path));
}

export interface FirefoxTab {
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  back(): Promise<void>;
  /** In the page, or in its first frame. */
  evaluate<T>(code: string, where?: 'page' | 'frame'): Promise<T>;
  close(): Promise<void>;
}

export interface Firefox {
  version: string;
  newTab(): Promise<FirefoxTab>;
  /** Tabs that pages have opened themselves. */
  popups(): Promise<FirefoxTab[]>;
  close(): Promise<void>;
}

interface Context {
  context: string;
  originalOpener?: string | null;
  children?: Context[] | null;
}

interface Evaluated {
  type: 'success' | 'exception';
  result?: { value?: string };
  exceptionDetails?: { text: string };
}

type Send = <T>(method: string, params?: object) => Promise<T>;

async function connect(url: string): Promise<{ send: Send; close: () => void }> {
  const socket = new WebSocket(`${url}/session`);
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error(`no answer from ${url}`));
  });
  const waiting = new Map<number, (answer: { result?: unknown; message?: string }) => void>();
  let counter = 0;
  socket.onmessage = ({ data }) => {
    const answer = JSON.parse(String(data)) as { id?: number; result?: unknown; message?: string };
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  };
  return {
    send: <T>(method: string, params: object = {}) =>
      new Promise<T>((resolve, reject) => {
        const id = (counter += 1);
        waiting.set(id, ({ result, message }) => {
          waiting.delete(id);
          if (message === undefined) resolve(result as T);
          else reject(new Error(`${method}: ${message}`));
        });
        socket.send(JSON.stringify({ id, method, params }));
      }),
    close: () => socket.close(),
  };
}

const listening = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`Firefox does not listen: ${said}`)), START_MS);
    child.once('exit', () => reject(new Error(`Firefox ended: ${said}`)));
    child.stderr?.on('data', (data: Buffer) => {
      said += data.toString();
      const found = /WebDriver BiDi listening on (\S+)/.exec(said)?.[1];
      if (!found) return;
      clearTimeout(timer);
      resolve(found);
    });
  });

/** @throws Error where there is no Firefox */
export async function launchFirefox(): Promise<Firefox> {
  const path = findFirefox();
  if (!path) throw new Error('no Firefox on PATH: install one, or name it in FIREFOX');
  const profile = await mkdtemp(join(tmpdir(), 'picasso-firefox-'));
  const args = ['--headless', '--no-remote', '--remote-debugging-port=0', '--profile', profile];
  const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const { send, close } = await connect(await listening(child));
  const { capabilities } = await send<{ capabilities: { browserVersion: string } }>('session.new', {
    capabilities: {},
  });

  const contexts = async (root?: string): Promise<Context[]> =>
    (await send<{ contexts: Context[] }>('browsingContext.getTree', root ? { root } : {})).contexts;

  const tab = (context: string): FirefoxTab => ({
    goto: async (url) => {
      await send('browsingContext.navigate', { context, url, wait: 'complete' });
    },
    reload: async () => {
      await send('browsingContext.reload', { context, wait: 'complete' });
    },
    back: async () => {
      await send('browsingContext.traverseHistory', { context, delta: -1 });
    },
    evaluate: async <T>(code: string, where: 'page' | 'frame' = 'page') => {
      const [tree] = await contexts(context);
      const target = where === 'page' ? context : tree?.children?.[0]?.context;
      const { type, result, exceptionDetails } = await send<Evaluated>('script.evaluate', {
        // As text: BiDi's own notation of values is long-winded.
        expression: `(async () => JSON.stringify(await (${code})) ?? 'null')()`,
        target: { context: target },
        awaitPromise: true,
      });
      if (type === 'exception') throw new Error(exceptionDetails?.text);
      return JSON.parse(result?.value ?? 'null') as T;
    },
    close: async () => {
      await send('browsingContext.close', { context, promptUnload: true });
    },
  });

  return {
    version: capabilities.browserVersion,
    newTab: async () => {
      const { context } = await send<{ context: string }>('browsingContext.create', {
        type: 'tab',
      });
      return tab(context);
    },
    popups: async () =>
      (await contexts())
        .filter(({ originalOpener }) => originalOpener)
        .map(({ context }) => tab(context)),
    close: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      close();
      child.kill();
      await gone;
      await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
