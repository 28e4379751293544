import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import type { JetStreamStrategy } from '@picasso/messaging';
import { type Tables, tablesReady } from '@picasso/storage';
import type { Metrics } from '@picasso/telemetry';
import type { FastifyReply } from 'fastify';
import { METRICS, STRATEGY, TABLES } from './tokens.ts';

@Controller()
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(TABLES) private readonly tables: Tables,
    @Inject(STRATEGY) private readonly strategy: JetStreamStrategy,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    const checks = [() => this.checkTables(), () => this.checkConsuming()];
    const result = await this.health.check(checks).catch((error: unknown) => {
      // Terminus throws its result; as a readiness answer it is more use than an error.
      const thrown = error as { getResponse?: () => HealthCheckResult };
      if (!thrown.getResponse) throw error;
      return thrown.getResponse();
    });
    if (result.status !== 'ok') reply.code(503);
    return result;
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  exposition(): Promise<string> {
    return this.metrics.registry.metrics();
  }

  private async checkTables(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check('tables');
    try {
      return (await tablesReady(this.tables))
        ? indicator.up()
        : indicator.down('the tables are not provisioned for this version');
    } catch (error) {
      return indicator.down(error instanceof Error ? error.name : 'unreachable');
    }
  }

  private checkConsuming(): HealthIndicatorResult {
    const indicator = this.indicators.check('consuming');
    const { consuming, broker, paused, inFlight } = this.strategy.health();
    const detail = { broker, paused, inFlight };
    return consuming && broker === 'connected' ? indicator.up(detail) : indicator.down(detail);
  }
}
