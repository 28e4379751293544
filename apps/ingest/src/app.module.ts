import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { hashKey, type Tables, TenantStore } from '@picasso/storage';
import type { Metrics } from '@picasso/telemetry';
import type { Logger } from 'pino';
import { EventsController } from './events.controller.ts';
import { EventsPublisher } from './events.publisher.ts';
import { HealthController } from './health.controller.ts';
import { BytesInProgress } from './http/bytes-in-progress.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { RequestTraces } from './http/request-traces.ts';
import { IngestMetrics } from './ingest-metrics.ts';
import { Intake } from './intake.ts';
import { RejectedEvents } from './rejected-events.ts';
import { Admission } from './tenants/admission.ts';
import { RateLimits } from './tenants/rate-limits.ts';
import { type LookUp, WriteKeys } from './tenants/write-keys.ts';
import { METRICS, TABLES } from './tokens.ts';

/** What the process brings along. */
export interface AppParts {
  logger: Logger;
  metrics: Metrics;
  tables: Tables;
  /** Whether spans go anywhere. */
  tracing: boolean;
}

/** A key and its tenant, from the tenants table. */
const lookUpIn =
  (store: TenantStore): LookUp =>
  async (key) => {
    const grant = await store.grant(hashKey(key));
    const tenant = grant && (await store.get(grant.tenant_hash));
    return tenant && { grant, tenant };
  };

@Module({})
export class AppModule {
  static with({ logger, metrics, tables, tracing }: AppParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [EventsController, HealthController],
      providers: [
        { provide: METRICS, useValue: metrics },
        { provide: TABLES, useValue: tables },
        { provide: WriteKeys, useValue: new WriteKeys(lookUpIn(new TenantStore(tables))) },
        { provide: EventsPublisher, useValue: new EventsPublisher(metrics) },
        { provide: IngestMetrics, useValue: new IngestMetrics(metrics) },
        { provide: RequestTraces, useValue: new RequestTraces(tracing) },
        { provide: BytesInProgress, useValue: new BytesInProgress() },
        { provide: RateLimits, useValue: new RateLimits() },
        { provide: RejectedEvents, useValue: new RejectedEvents() },
        Admission,
        Intake,
        {
          provide: APP_FILTER,
          useFactory: (admission: Admission, intake: Intake) =>
            new ProblemFilter(admission, intake, logger),
          inject: [Admission, Intake],
        },
      ],
    };
  }
}
