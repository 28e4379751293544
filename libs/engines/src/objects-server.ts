/**
 * The program of the object store: `node objects-server.ts <port> <dir>`.
 *
 * fauxqs always listens on every interface. An engine without authentication must not, and it has
 * no option for it, so that in this process, which does nothing else, listening means loopback.
 */
import { Server, type ListenOptions } from 'node:net';
import { startFauxqs } from 'fauxqs';

const listen = Server.prototype.listen as (this: Server, ...args: unknown[]) => Server;
Server.prototype.listen = function (this: Server, options: ListenOptions, ...rest: unknown[]) {
  return listen.call(this, { ...options, host: '127.0.0.1' }, ...rest);
} as typeof Server.prototype.listen;

const [port, dir] = process.argv.slice(2);
if (!port || !dir) throw new Error('usage: objects-server.ts <port> <dir>');
const server = await startFauxqs({ port: Number(port), s3StorageDir: dir, logger: false });

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void server.stop().finally(() => process.exit(0)));
}
