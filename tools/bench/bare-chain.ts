/**
 * The least that can be between a request and a stored message: Fastify parses, ajv checks every
 * event against the same schemas, JetStream stores one message a request. A process of its own, run
 * by Node as it is; it measures what the rest of ingest costs.
 */
import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { Ajv, type ValidateFunction } from 'ajv';
import { fastify } from 'fastify';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [natsUrl = '', subject = '', schemas = '', port = ''] = process.argv.slice(2);

interface BareEvent {
  event_id: string;
  event_type: string;
}

const ajv = new Ajv({ allowUnionTypes: true, strictRequired: false });
const validators = new Map<string, ValidateFunction>(
  readdirSync(schemas).map((file) => {
    const schema = JSON.parse(readFileSync(join(schemas, file), 'utf8')) as object;
    return [file.replace(/\.json$/, ''), ajv.compile(schema)];
  }),
);

const js = jetstream(await connect({ servers: natsUrl }));
const app = fastify({ bodyLimit: 512 * 1024 });

app.get('/health/ready', () => ({ status: 'ok' }));
app.post<{ Body: { events: BareEvent[] } }>('/events', async ({ body: { events } }, reply) => {
  const valid = events.filter((event) => validators.get(event.event_type)?.(event));
  await js.publish(subject, JSON.stringify(valid), { msgID: events[0]?.event_id });
  reply.code(202);
  return { accepted: valid.length, duplicates: 0, rejected: [] };
});
await app.listen({ host: '127.0.0.1', port: Number(port) });
// In order, so that a CPU profile is written if one was asked for.
process.once('SIGTERM', () => process.exit(0));
