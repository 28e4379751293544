/** The examples of the SDK's README, copied out of it and run. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { WORKSPACE } from '../harness/workspace.ts';
import { launchBrowser } from './browser.ts';
import { type Collector, startCollector } from './collector.ts';
import { describeInBrowser } from './in-browser.fixture.ts';

const read = (path: string): string => readFileSync(join(WORKSPACE, path), 'utf8');

/** The README's blocks of code, in their order. */
const EXAMPLES = [...read('libs/tracker/README.md').matchAll(/```(\w+)\n(.*?)```/gs)].map(
  ([, language, code]) => ({ language: language!, code: code! }),
);
const example = (part: string): string => {
  const found = EXAMPLES.filter(({ code }) => code.includes(part));
  if (found.length !== 1) throw new Error(`${found.length} examples with ${part}`);
  return found[0]!.code;
};

/** As a bundler would: with the package as it is published. */
async function bundle(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, loader: 'jsx', resolveDir: WORKSPACE },
    alias: { '@picasso/tracker': join(WORKSPACE, 'dist/libs/tracker') },
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
  });
  return outputFiles[0]!.text;
}

describeInBrowser("the examples of the SDK's README", () => {
  const files: Record<string, string> = {};
  const asked: unknown[] = [];
  let server: Server;
  let collector: Collector;
  let browser: Browser;
  let page: Page;
  const mistakes: string[] = [];
  let site = '';
  let widget = '';

  beforeAll(async () => {
    collector = await startCollector();
    server = createServer((request, response) => {
      const path = request.url ?? '/';
      if (path === '/chat') {
        request.on('data', (data: Buffer) => asked.push(JSON.parse(data.toString())));
      }
      const type = path.endsWith('.js') ? 'text/javascript' : 'text/html';
      response.writeHead(200, { 'content-type': `${type}; charset=utf-8` });
      response.end(files[path] ?? '');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    site = `http://127.0.0.1:${port}`;
    widget = `http://localhost:${port}`;
    files['/picasso-tracker.js'] = read('dist/libs/tracker/picasso-tracker.js');
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    server?.close();
    await collector?.close();
  });
  beforeEach(async () => {
    collector.reset();
    mistakes.length = 0;
    page = await browser.newPage();
    page.on('pageerror', (error) => mistakes.push(String(error)));
  });
  afterEach(async () => {
    await page.close();
    expect(mistakes).toEqual([]);
  });

  /** An example with the addresses of this test. */
  const here = (code: string): string =>
    code
      .replaceAll('https://ingest.example.org', collector.url)
      .replaceAll('https://widget.example/chat.html', `${widget}/chat.html`);
  const module = async (name: string, code: string): Promise<string> => {
    files[`/${name}.js`] = await bundle(here(code));
    return `<script type="module" src="/${name}.js"></script>`;
  };
  const visit = async (html: string): Promise<void> => {
    files['/'] = `<!doctype html><meta charset="utf-8">${html}`;
    await page.goto(site);
  };
  /** What a fragment takes for granted. */
  const given = (): string => `const tenant = 'fo85e6a06dcdf4', writeKey = 'key';
    const endpoint = '${collector.url}', banner = (window.banner = {});`;
  const sends = (...types: string[]): Promise<void> =>
    collector.until(() => types.every((type) => collector.types().includes(type)));

  it('knows all of them', () => {
    expect(EXAMPLES.map(({ language }) => language)).toEqual(
      'html js html js jsx js js'.split(' '),
    );
  });

  it('a page with its widget in a frame', async () => {
    files['/chat.html'] = await module('chat', example("tracker.opened('button')"));
    await visit(here(example('data-iframe')));
    await sends('PAGE_VIEW', 'WIDGET_OPENED', 'MESSAGE_SENT', 'WIDGET_CLOSED');
    const sent = collector.sent.find(({ event_type }) => event_type === 'MESSAGE_SENT');
    const { session_id, step_number } = sent!;
    expect(asked).toEqual([{ content: 'When are you open?', session_id, step_number }]);
  });

  it('a widget in the page, by script tag', async () => {
    await visit(here(example('createTracker, host } = PicassoTracker')));
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.evaluate('PicassoTracker.host.flush()');
    await sends('PAGE_VIEW', 'CTA_CLICKED');
  });

  it('a widget in the page, with a bundler', async () => {
    const code = example("import { createHost, createTracker } from '@picasso/tracker'");
    await visit(await module('page', `${code}; host.flush();`));
    await sends('PAGE_VIEW', 'CTA_CLICKED');
  });

  it('a widget made with React', async () => {
    files['/chat.html'] =
      `<div id="chat"></div>${await module('react', example('TrackerProvider'))}`;
    await visit(here(example('data-iframe')));
    const button = page.frameLocator('#chat').getByRole('button', { name: 'Apply' });
    await button.click();
    await button.click();
    await page.evaluate('PicassoTracker.host.flush()');
    await sends('CTA_CLICKED');
    const clicks = collector.sent.filter(({ event_type }) => event_type === 'CTA_CLICKED');
    expect(clicks.map(({ sequence_number }) => sequence_number)).toEqual([1, 2]);
  });

  it('consent', async () => {
    const code = `${given()} const iframe = null;
      import { createHost } from '@picasso/tracker'; ${example('banner.onAccept')}`;
    await visit(await module('consent', `${code}; window.host = host;`));
    await page.waitForFunction('window.host');
    expect(await page.evaluate('Object.keys(localStorage)')).toEqual([]);
    await page.evaluate('banner.onAccept()');
    await page.evaluate('host.flush()');
    await sends('PAGE_VIEW');
    await page.evaluate('banner.onDecline()');
    expect(await page.evaluate('Object.keys(localStorage)')).toEqual([]);
  });

  it("the deployed widget's host script replaced", async () => {
    files['/chat.html'] = `<script>
      const tell = (message) => parent.postMessage(message, '*');
      addEventListener('message', ({ data }) => {
        if (data.type !== 'PICASSO_INIT') return;
        tell({ type: 'PICASSO_SIZE_CHANGE', isOpen: true, dimensions: { width: 300, height: 400 } });
        tell({ type: 'PICASSO_EVENT', event: 'WIDGET_CLOSED', payload: {}, analytics: {
          schema_version: '1.0.0', session_id: 'sess_old', tenant_id: data.tenantHash,
          timestamp: new Date().toISOString(), step_number: 1,
          event: { type: 'WIDGET_CLOSED', payload: {} } } });
      });
      setInterval(() => tell({ type: 'PICASSO_IFRAME_READY' }), 200);
    </script>`;
    const code = `${given()} import { createHost } from '@picasso/tracker';
      ${example('picasso-widget-iframe')}`;
    const frame = `<iframe id="picasso-widget-iframe" src="${widget}/chat.html"></iframe>`;
    await visit(frame + (await module('deployed', code)));
    await sends('WIDGET_CLOSED');
    expect(await page.locator('iframe.open').boundingBox()).toMatchObject({
      width: expect.closeTo(304, -1),
      height: expect.closeTo(404, -1),
    });
  });
});
