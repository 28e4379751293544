/**
 * Every error answer is an `application/problem+json` (RFC 9457) with one of these codes. Codes and
 * statuses are part of the API: clients branch on them. No member of a problem depends on whether
 * a tenant or session exists for somebody else.
 */
export const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request is not valid' },
  invalid_cursor: { status: 400, title: 'The cursor does not belong to this query' },
  tenant_required: { status: 400, title: 'The query has to name a tenant' },
  range_not_kept: { status: 400, title: 'The range begins before the first day that is kept' },
  unauthenticated: { status: 401, title: 'A token or a session is needed' },
  invalid_token: { status: 401, title: 'The token or session is not valid' },
  forbidden: { status: 403, title: 'The role may not see or do this' },
  anti_forgery: { status: 403, title: 'Origin or anti-forgery token do not match' },
  not_found: { status: 404, title: 'Not found' },
  exists: { status: 409, title: 'It is there already' },
  steps_not_kept: { status: 410, title: 'The steps of this session are not kept any more' },
  too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body has to be JSON' },
  rate_limited: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'Address and headers are too long' },
  internal: { status: 500, title: 'Something went wrong here' },
  not_configured: { status: 501, title: 'This installation is not set up for it' },
  unavailable: { status: 503, title: 'The data cannot be read at the moment' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_CODES = Object.keys(PROBLEMS) as ProblemCode[];

export interface ProblemOptions {
  /** For people: what exactly, and what to do. Never data. */
  detail?: string;
  /** Per parameter what is wrong with it. */
  errors?: { parameter: string; message: string }[];
  /** Seconds until another try makes sense: sent as `Retry-After`. */
  retryAfter?: number;
  cause?: unknown;
}

/** Throw it anywhere in a request: the filter makes the answer of it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;

  constructor(
    readonly code: ProblemCode,
    readonly options: ProblemOptions = {},
  ) {
    super(options.detail ?? PROBLEMS[code].title, { cause: options.cause });
    this.status = PROBLEMS[code].status;
  }

  body(): Record<string, unknown> {
    const { status, title } = PROBLEMS[this.code];
    const { detail, errors } = this.options;
    return {
      type: `urn:picasso:problem:${this.code}`,
      title,
      status,
      code: this.code,
      detail,
      errors,
    };
  }
}

/** The one answer for «there is none» and for «it is not yours». */
export const notFound = (): Problem => new Problem('not_found');
