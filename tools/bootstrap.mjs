/**
 * The way into every npm script: `node tools/bootstrap.mjs <command> [arguments]`.
 *
 * Node 20 and npm are all that a fresh clone may count on, so this file is plain JavaScript without
 * dependencies: it installs them where they are missing or out of date, then runs
 * `tools/<command>/main.ts` under the project's own Node 24.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const MODULES = join(ROOT, 'node_modules');
const NEEDED_NODE = 24;

/** Progress goes to stderr: what a command prints on stdout is its result. */
const say = (text) => process.stderr.write(`${text}\n`);

const readLock = (file) => JSON.parse(readFileSync(file, 'utf8')).packages ?? {};

/**
 * What npm installed (its hidden lock file, written last) against what the lock file asks for.
 * Packages for other platforms are in one and not in the other; those count only if present.
 * @returns {boolean}
 */
export function isInstalled(lockFile, hiddenLockFile) {
  if (!existsSync(hiddenLockFile)) return false;
  const installed = readLock(hiddenLockFile);
  return Object.entries(readLock(lockFile)).every(([path, wanted]) => {
    if (path === '' || wanted.link) return true;
    const found = installed[path];
    return found
      ? found.version === wanted.version
      : Boolean(wanted.optional || wanted.devOptional || wanted.peer);
  });
}

function install() {
  say('Installing dependencies with npm ci (about a minute, the first time only) …');
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  const ticker = setInterval(() => say(`  still installing, ${seconds()} s`), 10_000);
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm ? [process.execPath, npm] : ['npm'];
  const flags = ['--include=dev', '--include=optional', '--loglevel=error'];
  const child = spawn(command, [...args, 'ci', ...flags], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      clearInterval(ticker);
      if (code !== 0) return reject(new Error(`npm ci failed (exit code ${code})`));
      say(`  installed in ${seconds()} s`);
      resolve();
    });
  });
}

const majorOf = (node) => {
  const { status, stdout } = spawnSync(node, ['--version'], { encoding: 'utf8' });
  return status === 0 ? Number.parseInt(stdout.slice(1), 10) : 0;
};

/** The Node that npm brought, else the one that runs this if it is new enough. */
function findNode() {
  const brought = join(MODULES, `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(brought) && majorOf(brought) >= NEEDED_NODE) return brought;
  if (Number.parseInt(process.versions.node, 10) >= NEEDED_NODE) return process.execPath;
  throw new Error(
    `this needs Node ${NEEDED_NODE}, and npm did not bring one for ${process.platform}-${process.arch} ` +
      `(this is ${process.version}). Install it from https://nodejs.org and try again.`,
  );
}

/** Runs the command and ends as it ended. */
function run(node, main, args) {
  // The loader is named by its path, so that the command may run from any directory.
  const tsx = pathToFileURL(join(MODULES, 'tsx', 'dist', 'loader.mjs')).href;
  const path = [dirname(node), join(MODULES, '.bin'), process.env.PATH].join(delimiter);
  const child = spawn(
    node,
    ['--disable-warning=ExperimentalWarning', '--import', tsx, main, ...args],
    // The channel carries nothing: its end tells a long-running command that this process is gone.
    {
      cwd: ROOT,
      env: { ...process.env, PATH: path },
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    },
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.once('error', (error) => fail(error));
  child.once('exit', (code, signal) => {
    process.exit(code ?? 128 + (constants.signals[signal ?? 'SIGTERM'] ?? 0));
  });
}

function fail(error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(1);
}

async function bootstrap([command, ...args]) {
  const main = join(ROOT, 'tools', command ?? '', 'main.ts');
  if (!command || !existsSync(main)) throw new Error(`there is no command "${command ?? ''}"`);
  const lock = join(ROOT, 'package-lock.json');
  if (!isInstalled(lock, join(MODULES, '.package-lock.json'))) await install();
  run(findNode(), main, args);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bootstrap(process.argv.slice(2)).catch(fail);
}
