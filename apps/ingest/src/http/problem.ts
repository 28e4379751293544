/** Everything that this service refuses a whole request for. Single events are no problem of this kind. */
import { BrokerUnavailableError } from '@picasso/messaging';
import { KeysUnavailableError } from '../tenants/write-keys.ts';

/** Published in docs/events.md. */
export const STATUS = {
  unreadable_body: 400,
  unknown_key: 401,
  forbidden_origin: 403,
  not_found: 404,
  too_large: 413,
  too_many_events: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal: 500,
  unavailable: 503,
} as const;

export type ProblemCode = keyof typeof STATUS;

/** The JSON body of every answer that is an error. */
export interface ProblemBody {
  status: number;
  code: ProblemCode;
  message: string;
}

export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly code: ProblemCode,
    message: string,
    readonly retryAfterS?: number,
  ) {
    super(message);
  }

  get status(): number {
    return STATUS[this.code];
  }

  /** The same body would be refused again, however often it is sent. */
  get lasting(): boolean {
    return this.status === 400 || this.status === 413 || this.status === 415;
  }

  body(): ProblemBody {
    return { status: this.status, code: this.code, message: this.message };
  }
}

/** Spread, so that browsers that were refused together do not come back together. */
const retrySoon = (): number => 1 + Math.floor(Math.random() * 5);

/** What a request that ended with this error is answered. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof BrokerUnavailableError || error instanceof KeysUnavailableError) {
    return new Problem('unavailable', 'nothing was stored; send it again', retrySoon());
  }
  // Fastify's own: body limit, media type, content length, no route.
  switch (statusOf(error)) {
    case 400:
      return new Problem('unreadable_body', 'the request cannot be read');
    case 404:
      return new Problem('not_found', 'there is nothing here');
    case 413:
      return new Problem('too_large', 'a request has at most 512 KB');
    case 415:
      return new Problem('unsupported_media_type', 'send JSON as application/json or text/plain');
    default:
      return new Problem('internal', 'this is our fault; send it again');
  }
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { statusCode, status } = error as { statusCode?: unknown; status?: unknown };
  const found = statusCode ?? status;
  return typeof found === 'number' ? found : undefined;
}
