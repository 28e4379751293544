/** Where local mode keeps its things. Everything is under one directory that git ignores. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const WORKSPACE = join(dirname(fileURLToPath(import.meta.url)), '../..');

export interface LocalPaths {
  dir: string;
  /** Written when everything is ready, for tests, load scripts and people's own clients. */
  endpoints: string;
  /** Which processes run; what `npm stop` and the next start go by. */
  run: string;
  /** Keys of the tenants in clear (the tables hold hashes) and the secret that signs tokens. */
  secrets: string;
  /** How far the demo data got. */
  demo: string;
  data: string;
  logs: string;
}

/** @param dir default: PICASSO_LOCAL_DIR, else `.local` in the repository */
export function localPaths(dir = process.env['PICASSO_LOCAL_DIR']): LocalPaths {
  const root = resolve(WORKSPACE, dir ?? '.local');
  return {
    dir: root,
    endpoints: join(root, 'endpoints.json'),
    run: join(root, 'run.json'),
    secrets: join(root, 'secrets.json'),
    demo: join(root, 'demo.json'),
    data: join(root, 'data'),
    logs: join(root, 'logs'),
  };
}
