/** What operators and widget developers do in the console, over a real pipeline, in a real browser. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@picasso/testing';
import type { Page } from 'playwright-core';
import { carryOutErasures, send } from '../screenshots/ops-scene.ts';
import { inBrowser, number, shortcuts, useConsole } from './console.fixture.ts';

/** A revoked key is remembered by ingest for so long at most. */
const REVOKED = { timeoutMs: 40_000 };
const STORED = { timeoutMs: 20_000 };

interface Balance {
  tenants: Record<'accepted' | 'stored' | 'duplicates' | 'dead_lettered' | 'waiting', number>[];
}

inBrowser('operations in the console', () => {
  const console_ = useConsole();
  const { open, tenant, url } = shortcuts(console_);

  const wrong = (session: string, id: string): object => ({
    schema_version: '1.0',
    event_id: id,
    timestamp: new Date().toISOString(),
    session_id: session,
    step_number: 1,
    sequence_number: 1,
    event_type: 7,
    payload: { trigger: 'button' },
  });
  const right = (session: string, id: string): object => ({
    ...wrong(session, id),
    event_type: 'WIDGET_OPENED',
  });

  /** What the API says to the operator who uses the page. */
  async function ops<T>(page: Page, path: string): Promise<T> {
    const answer = await page.request.get(`${url()}/analytics/${path}`);
    expect(answer.status()).toBe(200);
    return (await answer.json()) as T;
  }

  const journeyStatus = async (page: Page, session: string): Promise<number> =>
    (await page.request.get(`${url()}/analytics/journey/${session}?tenant=${tenant()}`)).status();

  const post = async (key: string, events: object[]): Promise<number> => {
    const answer = await fetch(`${console_().demo.stack.ingest.url}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-write-key': key },
      body: JSON.stringify(events),
    });
    return answer.status;
  };

  describe('are for operators only', () => {
    it.each(['viewer', 'admin'] as const)('not for %ss', async (role) => {
      for (const path of ['/ops/pipeline', '/ops/dead-letters', `/ops/tenants/${tenant()}`]) {
        const page = await open(role, path);
        await page.getByRole('heading', { name: 'Not found', exact: true }).waitFor();
        expect(await page.getByRole('link', { name: 'Operations' }).count()).toBe(0);
        const answer = await page.request.get(`${url()}/analytics/ops/balance`);
        expect(answer.status()).toBe(403);
      }
    });
  });

  describe('the pipeline', () => {
    beforeAll(async () => {
      const { demo } = console_();
      const events = [1, 2, 3].map((i) => right('sess_balance', `evt_balance_${i}`));
      await send(demo, events);
      await send(demo, [...events.slice(0, 2), right('sess_balance', 'evt_balance_4')]);
      await send(demo, [wrong('sess_balance', 'evt_balance_wrong')]);
    });

    it('shows the API’s figures, which add up', async () => {
      const page = await open('ops', '/ops/pipeline');
      await page.getByText('All is well').waitFor();
      await eventually(async () => {
        const { tenants } = await ops<Balance>(page, 'ops/balance');
        const row = tenants.find((each) => each.accepted > 0)!;
        const { accepted, stored, duplicates, dead_lettered, waiting } = row;
        expect(accepted).toBe(stored + duplicates + dead_lettered + waiting);
        expect([stored, duplicates]).toEqual([4, 2]);
        const cells = await page.locator('tbody tr').first().locator('td.number').allInnerTexts();
        expect(cells.slice(0, 5)).toEqual(
          [accepted, stored, duplicates, dead_lettered, waiting].map(number),
        );
      }, STORED);
    });

    it('says first what is wrong', async () => {
      const page = await open('ops', '/ops/pipeline');
      await page.route('**/analytics/ops/balance', async (route) => {
        const answer = await route.fetch();
        const body = (await answer.json()) as { tenants: { missing: number }[] };
        body.tenants[0]!.missing = 3;
        await route.fulfill({ response: answer, json: body });
      });
      await page.locator('.verdict', { hasText: '3 accepted events' }).waitFor();
      await page.locator('ui-chip', { hasText: '3 missing' }).waitFor();
    });
  });

  describe('dead letters', () => {
    const fix = async (page: Page): Promise<void> => {
      const editor = page.getByLabel('Event as JSON');
      const text = await editor.inputValue();
      await editor.fill(text.replace('"event_type": 7', '"event_type": "WIDGET_OPENED"'));
    };

    it('are corrected, tried, replayed, and then in their journey', async () => {
      await send(console_().demo, [wrong('sess_patched', 'evt_patched')]);
      const page = await open('ops', `/ops/dead-letters?reason=invalid&of=${tenant()}`);
      await page.locator('.list li a', { hasText: 'sess_patched' }).click();
      await page.getByText('Line 8').waitFor();
      await page.getByRole('button', { name: 'Dry run' }).click();
      await page.getByText('Still not taken: /event_type').waitFor();
      await fix(page);
      await page.getByRole('cell', { name: '/event_type' }).waitFor();
      await page.getByRole('button', { name: 'Dry run' }).click();
      await page.getByText('It would be taken.').waitFor();
      expect(await journeyStatus(page, 'sess_patched')).toBe(404);
      await page.getByRole('button', { name: 'Replay' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Replay' }).click();
      await page.getByText('Sent on its way again.').waitFor();
      await eventually(
        async () => expect(await journeyStatus(page, 'sess_patched')).toBe(200),
        STORED,
      );
      await page.getByRole('link', { name: 'Open its journey' }).click();
      await page.locator('uja-timeline li').first().waitFor();

      const trail = await open('ops', `/ops/audit?of=${tenant()}`);
      await trail.getByText('Dead letter replay').first().waitFor();
    });

    it('say where they are no JSON', async () => {
      await send(console_().demo, [wrong('sess_typo', 'evt_typo')]);
      const page = await open('ops', `/ops/dead-letters?reason=invalid&of=${tenant()}`);
      await page.locator('.list li a', { hasText: 'sess_typo' }).click();
      const editor = page.getByLabel('Event as JSON');
      await editor.fill('{\n  "event_id": "x"\n  "event_type": 7\n}');
      await page.getByText('Comma expected').waitFor();
      await page.getByRole('button', { name: 'Line 3' }).waitFor();
      expect(await page.getByRole('button', { name: 'Replay' }).isDisabled()).toBe(true);
    });

    it('are discarded in bulk', async () => {
      const { demo } = console_();
      await send(
        demo,
        [1, 2, 3].map((i) => wrong('sess_bulk', `evt_bulk_${i}`)),
        demo.foreign.tenant,
      );
      const page = await open('ops', `/ops/dead-letters?of=${demo.foreign.tenant}`);
      await page.getByRole('combobox', { name: 'Time' }).selectOption('hour');
      await page.waitForURL(/since=hour/);
      await page.getByText('Choose all on this page').click();
      await page.getByText('3 chosen').waitFor();
      await page.getByRole('button', { name: 'Discard' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
      await page.getByText('3 of 3 discarded.').waitFor();
      await page.getByRole('heading', { name: 'No dead letters' }).waitFor();
      const { items } = await ops<{ items: unknown[] }>(
        page,
        `ops/dead-letters?tenant=${demo.foreign.tenant}`,
      );
      expect(items).toEqual([]);
    });
  });

  describe('tenants', () => {
    it('are made with keys, shown once, that rotate', async () => {
      const page = await open('ops', '/ops/tenants/new');
      await page.getByLabel('Tenant hash').fill('made_here');
      await page.getByLabel('Name').fill('Made here');
      await page.getByRole('button', { name: 'Create and issue keys' }).click();
      const first = await page.getByRole('dialog').locator('code').first().innerText();
      await page.getByRole('button', { name: 'I have kept them' }).click();
      await page.getByRole('heading', { name: 'Made here' }).waitFor();
      expect(await page.content()).not.toContain(first);
      expect(await post(first, [right('sess_key', 'evt_key_1')])).toBe(202);

      await page.getByRole('button', { name: 'New write key' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Issue key' }).click();
      const second = await page.getByRole('dialog').locator('code').first().innerText();
      await page.getByRole('button', { name: 'I have kept it' }).click();
      expect(await post(second, [right('sess_key', 'evt_key_2')])).toBe(202);
      expect(await post(first, [right('sess_key', 'evt_key_3')])).toBe(202);
      expect(await page.getByRole('button', { name: 'New write key' }).isDisabled()).toBe(true);

      await page
        .getByRole('button', { name: `Revoke ${first.slice(0, 7)}` })
        .first()
        .click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await eventually(
        async () => expect(await post(first, [right('sess_key', 'evt_key_4')])).toBe(401),
        REVOKED,
      );
      expect(await post(second, [right('sess_key', 'evt_key_5')])).toBe(202);
    });

    it('ask before a key is issued, and give focus back', async () => {
      const page = await open('ops', `/ops/tenants/${tenant()}`);
      await page.getByRole('button', { name: 'New write key' }).click();
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await page.evaluate('document.activeElement.textContent.trim()')).toBe(
        'New write key',
      );
    });

    it('take only settings that make sense, and show their accent', async () => {
      const page = await open('ops', `/ops/tenants/${tenant()}`);
      const origins = page.getByLabel('Allowed origins');
      await origins.fill('www.example.org');
      await page.getByText('is no origin').waitFor();
      const save = page.getByRole('button', { name: 'Save' });
      expect(await save.isDisabled()).toBe(true);
      await origins.fill('https://www.example.org');
      await page.getByLabel('Accent colour as #rrggbb').fill('#7c3aed');
      await page.getByText('Readable,').first().waitFor();
      await save.click();
      await page.getByText('Saved: origins, accent colour').waitFor();
      const { items } = await ops<{ items: Record<string, unknown>[] }>(page, 'ops/tenants');
      expect(items.find((each) => each['tenant_hash'] === tenant())).toMatchObject({
        allowed_origins: ['https://www.example.org'],
        accent_color: '#7c3aed',
      });
      await eventually(async () => {
        const admin = await open('admin', '/sessions');
        const brand = 'document.documentElement.style.getPropertyValue("--brand")';
        expect(await admin.evaluate(brand)).toBe('#7c3aed');
      }, STORED);
    });
  });

  it('events are checked as ingest does, each with its reason', async () => {
    const { write_key } = console_().demo.stack.tenants[0]!;
    const page = await open('admin', '/check');
    await page.getByLabel('Write key or server key').fill('wk_nobody');
    await page.getByRole('button', { name: 'A batch' }).click();
    const check = page.getByRole('button', { name: 'Check', exact: true });
    await check.click();
    await page.getByText('unknown_key').waitFor();

    await page.getByLabel('Write key or server key').fill(write_key);
    const events = [right('sess_check', 'a'), wrong('sess_check', 'b'), { event_id: 'c' }];
    await page.getByLabel('Events as JSON').fill(JSON.stringify(events, null, 2));
    await check.click();
    await page.getByText('2 of 3 would be rejected').waitFor();
    const shown = await page.locator('ol li').allInnerTexts();
    const answer = await fetch(`${console_().demo.stack.ingest.url}/events/validate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-write-key': write_key },
      body: JSON.stringify(events),
    });
    const { rejected } = (await answer.json()) as {
      rejected: { index: number; code: string; path: string; message: string }[];
    };
    expect(rejected.map(({ index }) => index)).toEqual([1, 2]);
    for (const [i, { code, path, message }] of rejected.entries())
      for (const part of [code, path, message]) expect(shown[i]).toContain(part);
    expect(shown[2]).toContain('Accepted');
  });

  it('an erasure ends with its receipt, and the journey is gone', async () => {
    const { demo } = console_();
    const session = demo.sessions.abandoned;
    const page = await open('ops', `/ops/erasures?of=${demo.tenant}`);
    expect(await journeyStatus(page, session)).toBe(200);
    await page.getByLabel('Session id').fill(session);
    await page.getByLabel('Reason').fill('Case 7');
    await page.getByRole('button', { name: 'Erase…' }).click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Erase' }).isDisabled()).toBe(true);
    await dialog.getByLabel('To confirm').fill(session);
    await dialog.getByRole('button', { name: 'Erase' }).click();
    await page.getByText('It is written down.').waitFor();
    await carryOutErasures(demo);
    await page.getByRole('rowheader', { name: 'Steps' }).waitFor();
    expect(await page.locator('h1').innerText()).toContain('with fingerprint');
    expect(await journeyStatus(page, session)).toBe(404);
    const gone = await open('admin', `/sessions/${session}`);
    await gone.getByRole('heading', { name: 'Not found' }).waitFor();
    const runs = await open('ops', '/ops/runs?command=erase');
    await runs.locator('li', { hasText: 'Erase' }).first().waitFor();
  });

  it('Google Analytics says what is missing, to each role what concerns it', async () => {
    const admin = await open('admin', '/google-analytics');
    await admin.getByRole('heading', { name: 'Not configured on this installation' }).waitFor();
    expect(await admin.getByText('OAuth client').count()).toBe(0);
    const operator = await open('ops', `/google-analytics?tenant=${tenant()}`);
    await operator.getByText('OAuth client').waitFor();
  });

  it('the browser has nothing to complain about', () => {
    expect(console_().complaints).toEqual([]);
  });
});
