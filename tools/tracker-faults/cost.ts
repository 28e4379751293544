/** What `track()` costs the page's main thread. */
import type { Browser } from 'playwright-core';
import type { Site } from './site.ts';

export interface Cost {
  /** Milliseconds that a call took. */
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface CostReport {
  track: Cost;
  /** For comparison: nothing but one write of the same size to local storage. */
  bareWrite: Cost;
  /** And what the browser has to do for any such event: a copy, an id, a time, a size, one write. */
  bareCalls: Cost;
  calls: number;
}

/** Paced like a person who clicks very fast; every tenth call starts a request. */
const measure = (calls: number, code: string): string => `(async () => {
  const times = [];
  let n = 0;
  for (let i = 0; i < ${calls + 50}; i += 1) {
    n += 1;
    const began = performance.now();
    ${code};
    const took = performance.now() - began;
    if (i >= 50) times.push(took);
    if (i % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.floor((times.length - 1) * share)];
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
})()`;

const TRACK = `tracker.track('CTA_CLICKED', {
  cta_id: 'volunteer_apply_' + n, cta_label: 'Apply to volunteer', cta_action: 'form_trigger',
  triggers_form: 'volunteer_application' })`;
const CALLS = `const copy = JSON.parse(JSON.stringify({
  cta_id: 'volunteer_apply_' + n, cta_label: 'Apply to volunteer', cta_action: 'form_trigger' }));
  const id = crypto.getRandomValues(new Uint32Array(4)).join('');
  const json = JSON.stringify({ ...copy, id, at: new Date().toISOString(), x: 'x'.repeat(400) });
  const bytes = new TextEncoder().encode(json).length;
  localStorage.setItem('bare.' + (n % 10), json)`;
const WRITE = `localStorage.setItem('bare.' + (n % 10), 'x'.repeat(560))`;

export async function measureCost(
  browser: Browser,
  site: Site,
  calls = 1_000,
): Promise<CostReport> {
  const context = await browser.newContext();
  const page = await context.newPage();
  // Isolated: browsers then let a page read the clock to 5 µs.
  await page.goto(`${site.url}/page?visitor=cost&isolated`);
  const track = await page.evaluate<Cost>(measure(calls, TRACK));
  const bareWrite = await page.evaluate<Cost>(measure(calls, WRITE));
  const bareCalls = await page.evaluate<Cost>(measure(calls, CALLS));
  await context.close();
  return { track, bareWrite, bareCalls, calls };
}
