import { Controller, Get, Header, Inject, type OnModuleDestroy, Res } from '@nestjs/common';
import { tablesReady, type Tables } from '@picasso/storage';
import type { Metrics } from '@picasso/telemetry';
import type { FastifyReply } from 'fastify';
import { EventsPublisher } from './events.publisher.ts';
import { METRICS, TABLES } from './tokens.ts';

interface Readiness {
  status: 'ok' | 'unavailable';
  broker: 'up' | 'down';
  tables: 'up' | 'down';
  serving: boolean;
}

@Controller()
export class HealthController implements OnModuleDestroy {
  private tablesSeen = false;
  private serving = true;

  constructor(
    private readonly publisher: EventsPublisher,
    @Inject(TABLES) private readonly tables: Tables,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /**
   * Ready while the broker is there. The tables have to have been seen once only: when they go
   * away later, known keys go on working, and taking every replica out would help nobody.
   */
  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Readiness> {
    this.tablesSeen ||= await tablesReady(this.tables).catch(() => false);
    const broker = this.publisher.ready;
    const ready = broker && this.tablesSeen && this.serving;
    if (!ready) reply.code(503);
    return {
      status: ready ? 'ok' : 'unavailable',
      broker: broker ? 'up' : 'down',
      tables: this.tablesSeen ? 'up' : 'down',
      serving: this.serving,
    };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  exposition(): Promise<string> {
    return this.metrics.registry.metrics();
  }

  onModuleDestroy(): void {
    this.serving = false;
  }
}
