/**
 * Completes package-lock.json after an install from a registry mirror.
 *
 * npm leaves an optional platform package out of the lock file when the registry it asked does not
 * have it, and `npm ci` then refuses the file ("Missing: … from lock file"). An entry with the
 * version, platform and `optional` is enough: npm skips it where the platform differs and fetches
 * it by name where it fits.
 *
 *   node tools/lockfile.mjs           add what is missing
 *   node tools/lockfile.mjs --check   name what is missing; exit code 1 if anything is
 *
 * Plain JavaScript without dependencies: it has to run before `npm ci` can.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const OS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony'];
const CPU = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

/**
 * Platform in a package's name: `@swc/core-win32-ia32-msvc` → `{ os: ['win32'], cpu: ['ia32'] }`.
 * A package that names no operating system or processor (wasm builds, say) is not bound to one.
 * @param {string} name
 * @returns {{ os?: string[], cpu?: string[] }}
 */
export function platformOf(name) {
  const words = name.split(/[/\-_.]/);
  const os = [...OS, 'win32'].find((known) => words.includes(known));
  const cpu = CPU.find((known) => words.includes(known));
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }) };
}

/** Where npm would look for `name` from the package at `from`, nearest folder first. */
function* lookups(from, name) {
  for (let folder = from; ;) {
    yield `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (folder === '') return;
    const up = folder.lastIndexOf('/node_modules/');
    folder = up === -1 ? '' : folder.slice(0, up);
  }
}

/**
 * Optional packages that some entry asks for and no entry provides.
 * @param {{ packages: Record<string, any> }} lock
 * @returns {{ path: string, entry: object }[]} entries to add, by their path in the lock file
 */
export function missingOptionals(lock) {
  const found = new Map();
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      const places = [...lookups(path, name)];
      if (places.some((place) => place in lock.packages)) continue;
      // Only an exact version can be pinned without asking a registry.
      const version = /^[~^=v]*(\d+\.\d+\.\d+[\w.+-]*)$/.exec(range)?.[1];
      if (!version) continue;
      const top = places.at(-1);
      const place = found.has(top) && found.get(top).version !== version ? places[0] : top;
      const kind = entry.dev ? { dev: true } : {};
      found.set(place, { version, ...platformOf(name), ...kind, optional: true });
    }
  }
  return [...found].map(([path, entry]) => ({ path, entry }));
}

function main() {
  const file = join(fileURLToPath(new URL('..', import.meta.url)), 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingOptionals(lock);
  if (process.argv.includes('--check')) {
    for (const { path } of missing) console.log(`missing from package-lock.json: ${path}`);
    process.exit(missing.length === 0 ? 0 : 1);
  }
  for (const { path, entry } of missing) lock.packages[path] = entry;
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(sorted);
  if (missing.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`package-lock.json: ${missing.length} optional packages added`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
