#!/usr/bin/env node
/**
 * DynamoDB Local under the command line of the embedded engine: `serve --host H --port N
 * [--db-path F]`; `DYNAMODB_LOCAL` names the folder of its files. A proxy stands in front of it:
 * specs have a clock of their own, and rows that are old by this machine's would go at once.
 */
import { spawn } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  allowPositionals: true,
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8000' },
    'db-path': { type: 'string' },
  },
});
const folder = process.env.DYNAMODB_LOCAL ?? '.';

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });

const port = await freePort();
const storage = values['db-path'] ? ['-dbPath', dirname(values['db-path'])] : ['-inMemory'];
const java = spawn(
  // Whoever kills this process kills the engine: specs do that.
  'setpriv',
  [
    ...['--pdeathsig', 'KILL', 'java', '-Xmx1g', '-XX:TieredStopAtLevel=1'],
    `-Dsqlite4java.library.path=${join(folder, 'native')}`,
    ...['-cp', join(folder, 'lib', '*')],
    'software.amazon.dynamodb.services.local.main.ServerRunner',
    ...['-sharedDb', ...storage, '-port', String(port), '-disableTelemetry'],
  ],
  { stdio: 'inherit' },
);
java.once('exit', () => process.exit(1));
process.once('SIGTERM', () => {
  java.removeAllListeners('exit').kill('SIGKILL');
  process.exit(0);
});

/** Attributes by table. @type {Map<string, string>} */
const switchedOn = new Map();
const agent = new http.Agent({ keepAlive: true });
const proxy = http.createServer(async (request, response) => {
  /** @type {Buffer[]} */
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const expiry = /\.(Update|Describe)TimeToLive$/.exec(String(request.headers['x-amz-target']));
  if (expiry) {
    const { TableName, TimeToLiveSpecification } = JSON.parse(body.toString());
    if (TimeToLiveSpecification) switchedOn.set(TableName, TimeToLiveSpecification.AttributeName);
    const AttributeName = switchedOn.get(TableName);
    const TimeToLiveStatus = AttributeName ? 'ENABLED' : 'DISABLED';
    const TimeToLiveDescription = { TimeToLiveStatus, AttributeName };
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ TimeToLiveSpecification, TimeToLiveDescription }));
    return;
  }
  const { method, url: path, headers } = request;
  http
    .request({ host: '127.0.0.1', port, method, path, headers, agent }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    })
    .once('error', () => response.destroy())
    .end(body);
});

const isUp = () =>
  fetch(`http://127.0.0.1:${port}`).then(
    () => true,
    () => false,
  );
while (!(await isUp())) await sleep(100);
proxy.listen(Number(values.port), values.host);
