import { client } from './generated/client.gen.ts';
import type { ProblemDto } from './generated/index.ts';

/** An answer that is no answer: the service's own problem, or none at all. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    /** HTTP status; 0 when nothing could be reached. */
    readonly status: number,
    /** The service's stable code; `unreachable` and `unreadable` are ours. */
    readonly code: string,
    message: string,
    /** Per parameter what is wrong with it. */
    readonly errors: readonly { parameter: string; message: string }[] = [],
  ) {
    super(message);
  }
}

interface Result<T> {
  data?: T;
  error?: unknown;
  response?: Response;
}

/**
 * The data of a generated call.
 * @throws ApiProblem for every answer that is not a success
 */
export async function call<T>(request: Promise<Result<T>>): Promise<T> {
  const { data, error, response } = await request;
  if (response?.ok && error === undefined) return data as T;
  if (!response) throw offline(error);
  throw toProblem(response.status, error);
}

function offline(cause: unknown): Error {
  // A request that we gave up ourselves is nobody's problem.
  if (cause instanceof DOMException && cause.name === 'AbortError') return cause;
  return new ApiProblem(0, 'unreachable', 'The service cannot be reached.');
}

function toProblem(status: number, body: unknown): ApiProblem {
  if (!isProblem(body)) return new ApiProblem(status, 'unreadable', `The answer was ${status}.`);
  return new ApiProblem(status, body.code, body.detail ?? body.title, body.errors ?? []);
}

const isProblem = (body: unknown): body is ProblemDto =>
  typeof body === 'object' && body !== null && 'code' in body && 'title' in body;

/** What an answer that was not read by the client complains of. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const text = await response.text().catch(() => '');
  try {
    return toProblem(response.status, JSON.parse(text));
  } catch {
    return toProblem(response.status, text);
  }
}

/** Console and API share one origin; the session is a cookie that scripts cannot read. */
export function connectApi(hooks: {
  /** The anti-forgery token of the session; unsafe requests carry it. */
  csrfToken(): string | null;
  /** The session is not valid any more. */
  onUnauthorized(): void;
}): void {
  client.setConfig({ baseUrl: location.origin, credentials: 'same-origin', cache: 'no-cache' });
  client.interceptors.request.use((request) => {
    const token = hooks.csrfToken();
    if (token && !['GET', 'HEAD'].includes(request.method))
      request.headers.set('x-csrf-token', token);
    return request;
  });
  client.interceptors.response.use((response) => {
    if (response.status === 401) hooks.onUnauthorized();
    return response;
  });
}
