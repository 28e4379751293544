import { describe, expect, it } from '@jest/globals';
import type { Tenant } from '@picasso/contracts';
import { RateLimits } from './rate-limits.ts';

const tenant = (events_per_second: number, tenant_hash = 'tn') =>
  ({ tenant_hash, events_per_second }) as Tenant;

describe('rate limits', () => {
  it('let one full request through, whatever the rate, then ask to wait', async () => {
    const limits = new RateLimits();
    expect(await limits.spend(tenant(50), 'browser', 500)).toBe(0);
    const wait = await limits.spend(tenant(50), 'browser', 1);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(10);
  });

  it('do not spend what is refused', async () => {
    const limits = new RateLimits();
    expect(await limits.spend(tenant(1_000), 'browser', 800)).toBe(0);
    expect(await limits.spend(tenant(1_000), 'browser', 500)).toBe(1);
    expect(await limits.spend(tenant(1_000), 'browser', 200)).toBe(0);
    expect(await limits.spend(tenant(1_000), 'browser', 1)).toBe(1);
  });

  it('are each tenant’s and each kind of sender’s own', async () => {
    const limits = new RateLimits();
    await limits.spend(tenant(500), 'browser', 500);
    expect(await limits.spend(tenant(500), 'server', 500)).toBe(0);
    expect(await limits.spend(tenant(500, 'other'), 'browser', 500)).toBe(0);
  });

  it('follow the tenant’s record', async () => {
    const limits = new RateLimits();
    await limits.spend(tenant(500), 'browser', 500);
    expect(await limits.spend(tenant(500), 'browser', 1)).toBe(1);
    expect(await limits.spend(tenant(5_000), 'browser', 500)).toBe(0);
  });

  it('ask nothing of an empty request', async () => {
    const limits = new RateLimits();
    await limits.spend(tenant(1), 'browser', 500);
    expect(await limits.spend(tenant(1), 'browser', 0)).toBe(0);
  });
});
