import { ApiProblem } from '../api/api.ts';

export interface Explanation {
  kind: 'missing' | 'failed';
  title: string;
  text: string;
  canRetry: boolean;
}

type Text = Omit<Explanation, 'kind'> & { kind?: Explanation['kind'] };

/** What went wrong in words of the reader, and whether trying again makes sense. */
const TEXTS: Record<string, Text> = {
  not_found: {
    kind: 'missing',
    title: 'Not found',
    text: 'It does not exist, or it belongs to somebody else.',
    canRetry: false,
  },
  steps_not_kept: {
    kind: 'missing',
    title: 'The steps are not kept any more',
    text: 'Single steps are kept for eight days. The session still counts in every figure.',
    canRetry: false,
  },
  range_not_kept: {
    kind: 'missing',
    title: 'This range goes back too far',
    text: 'Sessions are kept for 90 days. Choose a later first day.',
    canRetry: false,
  },
  rate_limited: {
    title: 'Too many requests',
    text: 'Wait a moment, then try again.',
    canRetry: true,
  },
  unavailable: {
    title: 'The data cannot be read at the moment',
    text: 'This is on our side, and nothing is lost. It is tried again by itself.',
    canRetry: true,
  },
  unreachable: {
    title: 'The service cannot be reached',
    text: 'Check your connection. It is tried again by itself.',
    canRetry: true,
  },
  download_broken: {
    title: 'The file broke off',
    text: 'Nothing was saved: half a file looks like a whole one.',
    canRetry: true,
  },
  unauthenticated: {
    title: 'You are not signed in',
    text: 'Sign in again, and this page goes on.',
    canRetry: true,
  },
};

/** Why something that somebody did came to nothing, in a sentence. */
export function actionProblem(error: unknown): string {
  if (!(error instanceof ApiProblem)) return 'Something went wrong. Nothing was changed.';
  const details = error.errors.map(({ parameter, message }) => `${parameter}: ${message}`);
  if (details.length > 0) return details.join('; ');
  const { text } = explain(error);
  if (error.code === 'forbidden') return 'Your role may not do this.';
  return TEXTS[error.code] ? text : error.message;
}

export function explain(error: unknown): Explanation {
  if (!(error instanceof ApiProblem))
    return {
      kind: 'failed',
      title: 'Something went wrong',
      text: 'This page could not be shown.',
      canRetry: true,
    };
  const code = error.code === 'invalid_token' ? 'unauthenticated' : error.code;
  const known = TEXTS[code];
  if (known) return { kind: 'failed', ...known };
  const details = error.errors.map(({ message }) => message).join('; ');
  return {
    kind: 'failed',
    title: error.status === 400 ? 'This address is not valid' : 'Something went wrong',
    text: details || error.message,
    canRetry: error.status >= 500,
  };
}
