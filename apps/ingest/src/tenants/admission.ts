import { Problem } from '../http/problem.ts';
import { type KeyHolder, WriteKeys } from './write-keys.ts';
import { Injectable } from '@nestjs/common';

/** The parts of a request that say who sends it. */
export interface Credentials {
  headers: Record<string, string | string[] | undefined>;
  /** Key in the path, where there is one. */
  pathKey?: string | undefined;
}

const one = (header: string | string[] | undefined): string | undefined =>
  (Array.isArray(header) ? header[0] : header) || undefined;

/** Lets a request in, or says why not. */
@Injectable()
export class Admission {
  constructor(private readonly keys: WriteKeys) {}

  /**
   * The tenant is what the key says. A server key counts only in its own header: in a page's
   * address or script it has leaked.
   *
   * @throws Problem unknown_key, forbidden_origin
   * @throws KeysUnavailableError
   */
  async admit({ headers, pathKey }: Credentials): Promise<KeyHolder> {
    const serverKey = one(headers['x-server-key']);
    const key = serverKey ?? pathKey ?? one(headers['x-write-key']);
    const holder = key === undefined ? undefined : await this.keys.find(key);
    if (!holder || (holder.grant.origin === 'server') !== (serverKey !== undefined)) {
      throw new Problem('unknown_key', 'send a valid key in x-write-key, x-server-key or the path');
    }
    const origin = one(headers.origin);
    const allowed = holder.tenant.allowed_origins;
    // Without one it is no browser's cross-origin request, and nothing keeps others from naming any.
    if (origin !== undefined && allowed.length > 0 && !allowed.includes(origin)) {
      throw new Problem('forbidden_origin', 'this origin is not one of the tenant’s');
    }
    return holder;
  }
}
