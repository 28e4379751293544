import type { FastifyReply } from 'fastify';

const HEARTBEAT_MS = 15_000;
/** A reader that is so far behind is let go: it comes back and takes up where it was. */
const MAX_WAITING_BYTES = 1024 * 1024;
const RECONNECT_MS = 2_000;

/** Server-sent events (HTML, 9.2) on a reply that is ours from here on. */
export class EventStream {
  private readonly heartbeat: NodeJS.Timeout;
  private readonly endings: (() => void)[] = [];
  private ended = false;

  constructor(private readonly reply: FastifyReply) {
    reply.hijack();
    reply.raw.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      vary: 'authorization, cookie',
    });
    reply.raw.write(`retry: ${RECONNECT_MS}\n\n`);
    this.heartbeat = setInterval(() => this.write(': \n\n'), HEARTBEAT_MS).unref();
    reply.raw.once('close', () => this.finish());
  }

  /** @param id what `Last-Event-ID` says when the reader comes back */
  send(event: string, data: unknown, id?: number): void {
    const line = id === undefined ? '' : `id: ${id}\n`;
    this.write(`${line}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Called once, whoever ends it. */
  onEnd(ending: () => void): void {
    if (this.ended) ending();
    else this.endings.push(ending);
  }

  end(): void {
    this.reply.raw.end();
    this.finish();
  }

  private write(text: string): void {
    if (this.ended) return;
    this.reply.raw.write(text);
    if (this.reply.raw.writableLength > MAX_WAITING_BYTES) this.reply.raw.destroy();
  }

  private finish(): void {
    if (this.ended) return;
    this.ended = true;
    clearInterval(this.heartbeat);
    for (const ending of this.endings) ending();
  }
}
