import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { HealthCheckResult, HealthIndicatorResult } from '@nestjs/terminus';
import { tablesReady, type Tables } from '@picasso/storage';
import type { Metrics } from '@picasso/telemetry';
import type { FastifyReply } from 'fastify';
import { Public } from '../auth/auth.guard.ts';
import { METRICS, TABLES } from '../tokens.ts';

@ApiExcludeController()
@Public()
@Controller()
export class HealthController implements OnModuleDestroy {
  private draining = false;

  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(TABLES) private readonly tables: Tables,
    @Inject(METRICS) private readonly metrics: Metrics,
  ) {}

  @Get('health/live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    const checks = [() => this.checkTables(), () => this.checkDraining()];
    const result = await this.health.check(checks).catch((error: unknown) => {
      // Terminus throws its result; as a readiness answer it is more use than a problem.
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

  onModuleDestroy(): void {
    this.draining = true;
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

  private checkDraining(): HealthIndicatorResult {
    const indicator = this.indicators.check('serving');
    return this.draining ? indicator.down('shutting down') : indicator.up();
  }
}
