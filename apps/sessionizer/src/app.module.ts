import { type DynamicModule, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { JetStreamStrategy } from '@picasso/messaging';
import type { Tables } from '@picasso/storage';
import { type Metrics, httpLogging } from '@picasso/telemetry';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { HealthController } from './health.controller.ts';
import { Intake } from './intake.ts';
import { SlicesController } from './slices.controller.ts';
import { METRICS, STRATEGY, TABLES } from './tokens.ts';

/** What the process brings along. */
export interface AppParts {
  intake: Intake;
  logger: Logger;
  metrics: Metrics;
  strategy: JetStreamStrategy;
  tables: Tables;
}

@Module({})
export class AppModule {
  static with({ intake, logger, metrics, strategy, tables }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LoggerModule.forRoot({ pinoHttp: httpLogging(logger) }),
        TerminusModule.forRoot({ logger: false }),
      ],
      controllers: [SlicesController, HealthController],
      providers: [
        { provide: Intake, useValue: intake },
        { provide: METRICS, useValue: metrics },
        { provide: STRATEGY, useValue: strategy },
        { provide: TABLES, useValue: tables },
      ],
    };
  }
}
