/**
 * Second half of the build: compresses what is served and compares it with the budgets, which say
 * what a browser may have to load: for the first page, and for each page that comes later.
 */
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const KB = 1024;
const LIMITS = { initial: 250 * KB, lazy: 120 * KB };
const apps = join(import.meta.dirname, '../../dist/apps');
const bundle = join(apps, 'admin-bundle');
const dist = join(apps, 'admin');
const folder = join(dist, 'browser');

rmSync(dist, { recursive: true, force: true });
cpSync(join(bundle, 'browser'), folder, { recursive: true });
cpSync(join(bundle, '3rdpartylicenses.txt'), join(dist, '3rdpartylicenses.txt'));

const { outputs } = JSON.parse(readFileSync(join(bundle, 'browser-stats.json'), 'utf8'));
const index = readFileSync(join(folder, 'index.html'), 'utf8');
// Styles of components are outputs, too, but end up inside the scripts.
const files = Object.keys(outputs).filter(
  (name) => /\.(js|css)$/.test(name) && existsSync(join(folder, name)),
);

/** query answers with these where the browser takes them. */
const size = new Map(
  files.map((name) => {
    const content = readFileSync(join(folder, name));
    const packed = gzipSync(content, { level: 9 });
    writeFileSync(join(folder, `${name}.gz`), packed);
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content));
    return [name, packed.length];
  }),
);

/** The file and everything that it cannot do without. */
function needed(name, seen = new Set()) {
  if (seen.has(name) || !size.has(name)) return seen;
  seen.add(name);
  for (const { path, kind } of outputs[name].imports)
    if (kind === 'import-statement') needed(path, seen);
  return seen;
}

const sum = (names) => [...names].reduce((bytes, name) => bytes + size.get(name), 0);
const initial = new Set(
  files.filter((name) => index.includes(name)).flatMap((f) => [...needed(f)]),
);
const pages = files.filter((name) => outputs[name].entryPoint && !initial.has(name));

const rows = [
  { name: 'initial', bytes: sum(initial), limit: LIMITS.initial },
  ...pages.map((name) => ({
    name,
    bytes: sum([...needed(name)].filter((file) => !initial.has(file))),
    limit: LIMITS.lazy,
  })),
];
for (const { name, bytes, limit } of rows) {
  const verdict = bytes > limit ? ` is more than ${limit / KB} KB` : '';
  console.log(`${(bytes / KB).toFixed(1).padStart(7)} KB  ${name}${verdict}`);
}
if (rows.length < 3)
  throw new Error('the build has no lazy pages: is browser-stats.json that of this build?');
if (rows.some(({ bytes, limit }) => bytes > limit)) process.exitCode = 1;
