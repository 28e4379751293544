import { call } from '../api/api.ts';
import { client } from '../api/generated/client.gen.ts';

/** How far a tenant's connection is. */
export interface Ga4Status {
  state: 'disconnected' | 'choose_property' | 'connected';
  /** What the signed-in Google account may read; with `choose_property`. */
  properties?: { property_id: string; name: string }[];
  /** With `connected`. */
  property?: { property_id: string; name: string };
  /** The last day whose visits are complete, `yyyy-mm-dd`; null before the first sync. */
  complete_until?: string | null;
  /** Why the last sync failed, for people. */
  error?: string | null;
}

const url = '/analytics/ga4/{tenant}';

/** @throws ApiProblem 404 or 501 where the service does not have it */
export const ga4Status = (tenant: string, signal: AbortSignal): Promise<Ga4Status> =>
  call(client.get<Ga4Status>({ url, path: { tenant }, signal }) as Promise<{ data?: Ga4Status }>);

/** Where Google asks whether the console may read. */
export const ga4Connect = (tenant: string): Promise<{ authorization_url: string }> =>
  call(
    client.post<{ authorization_url: string }>({
      url: `${url}/connect`,
      path: { tenant },
    }) as Promise<{ data?: { authorization_url: string } }>,
  );

export const ga4Choose = (tenant: string, property_id: string): Promise<Ga4Status> =>
  call(
    client.put<Ga4Status>({
      url: `${url}/property`,
      path: { tenant },
      headers: { 'content-type': 'application/json' },
      body: { property_id },
    }) as Promise<{ data?: Ga4Status }>,
  );

export const ga4Disconnect = (tenant: string): Promise<unknown> =>
  call(client.delete({ url, path: { tenant } }) as Promise<{ data?: unknown }>);
