/** What `npm start` prints at its end. */
import type { RunRecord } from '../local/run-record.ts';
import type { Endpoints } from '../local/secrets.ts';
import type { StartOptions } from './options.ts';

const EVENT = {
  schema_version: '1.0',
  event_id: 'evt_hello_1',
  timestamp: 'NOW',
  session_id: 'sess_hello',
  step_number: 1,
  sequence_number: 1,
  event_type: 'MESSAGE_SENT',
  payload: { content: 'Hello', content_length: 5 },
};

/** The shell puts the time in: an example that is copied next month must not be too late. */
const eventForShell = (): string =>
  `'${JSON.stringify(EVENT).replace('NOW', `'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'`)}'`;

function example({ ingest_url, query_url, tenants, tokens }: Endpoints): string[] {
  const [tenant] = tenants;
  if (!tenant) return ['Add a tenant with its keys:', '', '  npm run tenant -- create my-tenant'];
  return [
    `Send an event as ${tenant.tenant_hash}, then read the journey back:`,
    '',
    `  curl -sS ${ingest_url}/events -H 'content-type: application/json' \\`,
    `    -H 'x-write-key: ${tenant.write_key}' \\`,
    `    -d ${eventForShell()}`,
    '',
    `  curl -sS ${query_url}/analytics/journey/${EVENT.session_id} \\`,
    `    -H 'authorization: Bearer ${tokens[tenant.tenant_hash]?.admin}'`,
  ];
}

/** Links that sign in with one click; only this machine's query service takes them. */
function signInLinks({ console_url, tenants }: Endpoints): string[] {
  if (console_url === null) return [];
  const [tenant] = tenants;
  const links: [string, string][] = tenant
    ? [
        ['admin', `?sign-in=admin&as=${tenant.tenant_hash}`],
        ['viewer', `?sign-in=viewer&as=${tenant.tenant_hash}`],
        ['operator', `?sign-in=ops&tenant=${tenant.tenant_hash}`],
      ]
    : [['operator', '?sign-in=ops']];
  return [
    'Open the console, signed in with one click:',
    '',
    ...links.map(([role, query]) => `  ${role.padEnd(8)} ${console_url}/${query}`),
    `  anybody  ${console_url}`,
    '',
  ];
}

export interface Welcome {
  endpoints: Endpoints;
  /** Of the demo's website. */
  site?: string | undefined;
  /** Path of the endpoints file, for people. */
  file: string;
  took: string;
  options: StartOptions;
}

export function welcome({ endpoints, site, file, took, options }: Welcome): string {
  return [
    '',
    `Ready after ${took}.`,
    '',
    `  ingest   ${endpoints.ingest_url}   POST /events`,
    `  query    ${endpoints.query_url}   OpenAPI at /docs`,
    `  console  ${endpoints.console_url}`,
    `  keys and sign-in tokens of every tenant: ${file}`,
    '',
    ...(site ? [`Chat as a visitor, and watch your own journey: ${site}`, ''] : []),
    ...signInLinks(endpoints),
    ...example(endpoints),
    '',
    options.empty
      ? 'Nothing is sent by itself (--empty).'
      : 'Live visitors come and go while this runs.',
    'Ctrl-C or `npm stop` ends everything; the data stays. `npm run reset` forgets it.',
  ].join('\n');
}

export const describeRunning = ({ supervisor, urls }: RunRecord, isReady: boolean): string =>
  [
    isReady
      ? `A local stack runs already (process ${supervisor.pid}):`
      : `A local stack is being started already (process ${supervisor.pid}):`,
    `  ingest   ${urls.ingest}`,
    `  query    ${urls.query}   the console, too`,
    'End it with `npm stop` to start anew.',
  ].join('\n');
