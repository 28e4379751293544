import { computed, inject, resource, Service } from '@angular/core';
import { call } from '../api/api.ts';
import { conversationsTopics, trafficSources } from '../api/generated/index.ts';
import { CurrentTenant } from '../session/tenant.ts';

export interface KnownValues {
  topics: string[];
  sources: string[];
}

const MOST = 50;
/** What has not occurred for a month is hardly looked for. */
const RANGE = '30d';

/** What the tenant's sessions can be filtered by: its commonest topics and sources. */
@Service()
export class FilterOptions {
  private readonly tenant = inject(CurrentTenant);

  private readonly values = resource({
    params: () => this.tenant.hash(),
    loader: async ({ params: tenant, abortSignal: signal }): Promise<KnownValues> => {
      const ask = { path: { tenant }, query: { range: RANGE, limit: MOST }, signal };
      const [topics, sources] = await Promise.all([
        call(conversationsTopics(ask)),
        call(trafficSources(ask)),
      ]);
      return {
        topics: topics.items.map(({ topic }) => topic),
        sources: [...new Set(sources.items.map(({ source }) => source))],
      };
    },
  });

  /** Empty until it is known; without it every list can still be read. */
  readonly known = computed(() =>
    this.values.hasValue() ? this.values.value() : { topics: [], sources: [] },
  );
}
