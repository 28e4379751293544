/**
 * A website with the SDK on it, and a witness of what it promised.
 *
 * The pages tell the witness of every event as soon as `track()` has returned, and wait for it to
 * answer: what it has noted is what must not be lost.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { WORKSPACE } from '../harness/workspace.ts';

export interface Promised {
  event_id: string;
  session_id: string;
  step_number: number;
  sequence_number: number;
  /** When the witness heard of it. */
  atMs: number;
  /** Which visit of the test it belongs to. */
  visitor: string;
}

/** A page was left, or has come back from the back/forward cache. */
export interface Passage {
  page: string;
  what: 'gone' | 'back';
  atMs: number;
}

export interface SiteOptions {
  tenant: string;
  writeKey: string;
  /** Where the pages send to. */
  endpoint: string;
}

export interface Site {
  /** Pages of the visited website. */
  url: string;
  /** The same server under another origin, where widgets live. */
  widgetUrl: string;
  readonly promised: Promised[];
  /** Comings and goings of pages, in their order. */
  readonly passages: Passage[];
  close(): Promise<void>;
}

const script = (): string =>
  readFileSync(join(WORKSPACE, 'dist/libs/tracker/picasso-tracker.js'), 'utf8');

/** The gateway hears which page has sent a request, the site's server which pages are gone. */
const NAMED = `{
  const name = crypto.randomUUID();
  const send = navigator.sendBeacon.bind(navigator);
  const { fetch } = window;
  const named = (url) => url + '?page=' + name;
  window.fetch = (url, init) => fetch(named(url), init);
  navigator.sendBeacon = (url, body) => send(named(url), body);
  addEventListener('pagehide', () => send(named('/gone')));
  addEventListener('pageshow', ({ persisted }) => persisted && send(named('/back')));
}`;

/** `window.act(type?)` tracks one event and tells the witness. */
const ACT = `
  const visitor = new URLSearchParams(location.search).get('visitor') ?? '';
  const witness = (event) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/witness?visitor=' + visitor, false);
    request.send(JSON.stringify(event));
  };
  let counter = 0;
  window.act = (type = 'LINK_CLICKED', size = 0) => {
    const payload = {
      form_id: 'spec',
      url: 'https://example.org/' + (counter += 1),
      label: 'x'.repeat(size),
    };
    const event = tracker.track(type, payload);
    if (event) witness(event);
    return event;
  };
`;

const page = (body: string): string => `<!doctype html><meta charset="utf-8">
<title>spec</title><script>${NAMED}</script><script src="/picasso-tracker.js"></script>${body}`;

const pages = (options: SiteOptions, widgetUrl: string): Record<string, string> => {
  const settings = `
    const query = new URLSearchParams(location.search);
    const reports = (window.reports = []);
    const common = {
      tenant: ${JSON.stringify(options.tenant)},
      onReport: (report) => {
        if (report.type === 'delayed') return;
        reports.push(report.type === 'error' ? String(report.error) : JSON.stringify(report));
      },
      consent: query.get('consent') !== 'required',
      respectDoNotTrack: query.has('dnt'),
      ...JSON.parse(query.get('options') ?? '{}'),
    };
    const hostOptions = {
      ...common,
      endpoint: ${JSON.stringify(options.endpoint)},
      writeKey: ${JSON.stringify(options.writeKey)},
      flushMs: Number(query.get('flush') ?? 5000),
    };`;
  return {
    '/page': page(`<script>${settings}
      const host = (window.host = PicassoTracker.createHost(hostOptions));
      const tracker = (window.tracker = PicassoTracker.createTracker({ ...common, host }));
      ${ACT}</script><a href="/elsewhere">away</a>`),
    '/framed': page(`<script>${settings}
      const frame = document.createElement('iframe');
      frame.src = ${JSON.stringify(widgetUrl)} + '/' + (query.get('frame') ?? 'frame') + location.search;
      document.documentElement.append(frame);
      const messages = (window.messages = []);
      const host = (window.host = PicassoTracker.createHost({
        ...hostOptions, iframe: frame, onWidgetMessage: (message) => messages.push(message),
      }));
      </script>`),
    '/frame': page(`<script>${settings}
      const tracker = (window.tracker = PicassoTracker.createTracker(common));
      ${ACT}</script>`),
    '/deployed': page(`<script>
      const heard = (window.heard = []);
      addEventListener('message', ({ data }) => heard.push(data));
      parent.postMessage({ type: 'PICASSO_IFRAME_READY', performance: {} }, '*');
      </script>`),
    '/tag': `<!doctype html><title>tag</title><script src="/picasso-tracker.js"
      data-tenant="${options.tenant}" data-write-key="${options.writeKey}"
      data-endpoint="${options.endpoint}" data-iframe="#1: not a selector"></script>`,
    '/elsewhere': '<!doctype html><title>elsewhere</title>',
  };
};

const listen = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
};

export async function startSite(options: SiteOptions): Promise<Site> {
  const promised: Promised[] = [];
  const passages: Passage[] = [];
  let contents: Record<string, string> = {};
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://site');
    if (url.pathname === '/witness') {
      void text(request).then((body) => {
        const event = JSON.parse(body) as Omit<Promised, 'atMs' | 'visitor'>;
        const visitor = url.searchParams.get('visitor') ?? '';
        promised.push({ ...event, atMs: Date.now(), visitor });
        response.end();
      });
      return;
    }
    if (url.pathname === '/gone' || url.pathname === '/back') {
      const what = url.pathname === '/gone' ? 'gone' : 'back';
      passages.push({ page: url.searchParams.get('page') ?? '', what, atMs: Date.now() });
      return void response.writeHead(204).end();
    }
    const content = contents[url.pathname.replace(/\/sub\/.*$/, '') || '/page'];
    const type = url.pathname.endsWith('.js') ? 'text/javascript' : 'text/html';
    response.writeHead(content === undefined ? 404 : 200, {
      'content-type': `${type}; charset=utf-8`,
      // Measurements need the fine clock; nothing may come from the network in between.
      'cross-origin-opener-policy': 'same-origin',
      ...(url.searchParams.has('isolated') && { 'cross-origin-embedder-policy': 'require-corp' }),
      ...(url.searchParams.has('csp') && {
        'content-security-policy': `default-src 'self'; connect-src ${options.endpoint}`,
      }),
    });
    response.end(content ?? '');
  });
  const port = await listen(server);
  const widgetUrl = `http://localhost:${port}`;
  contents = { ...pages(options, widgetUrl), '/picasso-tracker.js': script() };
  return {
    url: `http://127.0.0.1:${port}`,
    widgetUrl,
    promised,
    passages,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
