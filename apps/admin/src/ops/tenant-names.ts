import { computed } from '@angular/core';
import { call } from '../api/api.ts';
import { tenantsadminList, type TenantDetailsDto } from '../api/generated/index.ts';
import { reading } from '../api/reading.ts';

/** All tenants, and what they are called. For field initialisers. */
export function tenantDirectory() {
  const list = reading(
    () => ({}),
    (_, signal) => call(tenantsadminList({ signal })),
  );
  const items = computed<readonly TenantDetailsDto[]>(() => list.value()?.items ?? []);
  const names = computed(() => new Map(items().map((item) => [item.tenant_hash, item.name])));
  return {
    items,
    /** The hash itself until the name is known. */
    name: (hash: string): string => names().get(hash) ?? hash,
  };
}
