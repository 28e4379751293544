/** What is photographed of the operators' pages, and of those that set things up. */
import type { Page } from 'playwright-core';
import type { DemoStack } from './demo-stack.ts';
import { setOpsScene } from './ops-scene.ts';
import type { Shot } from './pages.ts';

/** Opens the first dead letter of a reason. */
const openLetter = async (page: Page): Promise<void> => {
  await page.locator('.list li a').first().click();
  await page.locator('#json-event').waitFor();
};

const button = (name: string) => async (page: Page) => page.getByRole('button', { name }).click();

const scenes = new WeakMap<object, Promise<void>>();

/** Before the first of these pages there has to be something to see; the page is read again then. */
const staged = (demo: DemoStack, shot: Shot): Shot => ({
  ...shot,
  prepare: async (page) => {
    const scene = scenes.get(demo.stack) ?? setOpsScene(demo);
    scenes.set(demo.stack, scene);
    await scene;
    await page.reload();
    await page.locator('h1').first().waitFor();
    for (const part of await page.getByRole('status', { name: 'Loading' }).all())
      await part.waitFor({ state: 'detached' });
    await shot.prepare?.(page);
    // What sticks to the screen would lie across a picture of the whole page.
    await page.evaluate('scrollTo(0, 0)');
  },
});

export const opsShots = (demo: DemoStack): Shot[] =>
  opsPages(demo).map((shot) => staged(demo, shot));

/** Once the text is there: it comes by itself. */
async function edit(page: Page, selector: string, former: string, text: string): Promise<void> {
  await page.waitForFunction(`document.querySelector('${selector}').value.includes('${former}')`);
  const editor = page.locator(selector);
  await editor.fill((await editor.inputValue()).replace(former, text));
}

export const opsPages = ({ tenant, stack }: DemoStack): Shot[] => [
  { name: 'ops-pipeline', role: 'ops', path: '/ops/pipeline' },
  { name: 'ops-dead-letters', role: 'ops', path: '/ops/dead-letters' },
  { name: 'ops-dead-letters-empty', role: 'ops', path: '/ops/dead-letters?reason=poison' },
  {
    name: 'ops-dead-letters-chosen',
    role: 'ops',
    path: '/ops/dead-letters',
    prepare: async (page) => {
      await page.getByText('Choose all on this page').click();
      await page.getByRole('button', { name: 'Dry run' }).click();
      await page.locator('ui-notice').waitFor();
    },
  },
  {
    name: 'ops-dead-letter',
    role: 'ops',
    path: '/ops/dead-letters?reason=invalid',
    prepare: openLetter,
  },
  {
    name: 'ops-dead-letter-edited',
    role: 'ops',
    path: '/ops/dead-letters?reason=invalid',
    prepare: async (page) => {
      await openLetter(page);
      await edit(page, '#json-event', '"event_type": 7', '"event_type": "WIDGET_OPENED"');
      await page.getByRole('button', { name: 'Dry run' }).click();
      await page.locator('ui-notice').waitFor();
    },
  },
  {
    name: 'ops-dead-letter-discard',
    role: 'ops',
    path: '/ops/dead-letters?reason=invalid',
    prepare: async (page) => {
      await openLetter(page);
      await page.getByRole('button', { name: 'Discard' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'ops-dead-letter-missing', role: 'ops', path: '/ops/dead-letters/999999' },
  { name: 'ops-tenants', role: 'ops', path: '/ops/tenants' },
  { name: 'ops-tenant-new', role: 'ops', path: '/ops/tenants/new' },
  { name: 'ops-tenant', role: 'ops', path: `/ops/tenants/${tenant}` },
  {
    name: 'ops-tenant-changed',
    role: 'ops',
    path: `/ops/tenants/${tenant}`,
    prepare: async (page) => {
      await page.getByLabel('Accent colour as #rrggbb').fill('#7c3aed');
      await page.getByLabel('Allowed origins').fill('https://www.example.org/path');
      await page.getByText('2 changes').waitFor();
    },
  },
  {
    name: 'ops-tenant-revoke',
    role: 'ops',
    path: `/ops/tenants/${tenant}`,
    prepare: button('Revoke'),
  },
  { name: 'ops-runs', role: 'ops', path: '/ops/runs' },
  { name: 'ops-erasures', role: 'ops', path: '/ops/erasures' },
  {
    name: 'ops-erasures-confirm',
    role: 'ops',
    path: `/ops/erasures?of=${tenant}`,
    prepare: async (page) => {
      await page.getByText('Everything', { exact: true }).click();
      await page.getByRole('button', { name: 'Erase…' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'ops-erasure-done',
    role: 'ops',
    path: '/ops/erasures',
    prepare: async (page) => {
      await page.locator('li a', { hasText: 'Done' }).first().click();
      await page.getByRole('heading', { name: 'Receipt' }).waitFor();
    },
  },
  { name: 'ops-audit', role: 'ops', path: `/ops/audit?of=${tenant}` },
  {
    name: 'ops-outage',
    role: 'ops',
    path: '/ops/dead-letters',
    prepare: async (page) => {
      await page.route('**/analytics/ops/**', (route) =>
        route.fulfill({
          status: 503,
          contentType: 'application/problem+json',
          body: JSON.stringify({ code: 'unavailable', title: 'unavailable', status: 503 }),
        }),
      );
      await page.getByRole('link', { name: 'Pipeline' }).click();
      await page.locator("[data-tone='bad']").waitFor();
    },
  },
  { name: 'ops-not-for-admins', role: 'admin', path: '/ops/pipeline' },
  { name: 'check', role: 'admin', path: '/check' },
  {
    name: 'check-verdict',
    role: 'admin',
    path: '/check',
    prepare: async (page) => {
      const { write_key } = stack.tenants.find(({ tenant_hash }) => tenant_hash === tenant)!;
      await page.getByLabel('Write key or server key').fill(write_key);
      await page.getByRole('button', { name: 'A batch' }).click();
      await edit(page, '#json-body', '"step_number": 2', '"step_number": -2');
      await page.getByRole('button', { name: 'Check', exact: true }).click();
      await page.locator('ui-notice').waitFor();
    },
  },
  { name: 'ga4', role: 'admin', path: '/google-analytics' },
  { name: 'ga4-operator', role: 'ops', path: `/google-analytics?tenant=${tenant}` },
];
