import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import type { Tables } from '@picasso/storage';
import { httpLogging, type Metrics } from '@picasso/telemetry';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { AntiForgery } from './auth/anti-forgery.ts';
import { AuthController } from './auth/auth.controller.ts';
import { AuthGuard } from './auth/auth.guard.ts';
import { LocalSignInController } from './auth/local-sign-in.controller.ts';
import { RolesGuard } from './auth/roles.ts';
import { SessionCookie } from './auth/session-cookie.ts';
import { TenantAccess } from './auth/tenant-access.ts';
import { createTokenVerifier } from './auth/token-verifier.ts';
import { BrokerLink } from './broker-link.ts';
import type { QueryConfig } from './config.ts';
import { ConversationsController } from './conversations/conversations.controller.ts';
import { QuestionsController } from './conversations/questions.controller.ts';
import { FiguresService } from './figures/figures.service.ts';
import { FormsController } from './forms/forms.controller.ts';
import { SubmissionsController } from './forms/submissions.controller.ts';
import { HealthController } from './health/health.controller.ts';
import { ProblemFilter } from './http/problem.filter.ts';
import { RateLimitGuard, RateLimits } from './http/rate-limit.guard.ts';
import { RequestSpanInterceptor } from './http/request-span.interceptor.ts';
import { SharedAnswers } from './http/shared-answers.interceptor.ts';
import { ItemsController } from './items/items.controller.ts';
import { JourneysController } from './journeys/journeys.controller.ts';
import { EventsController } from './journeys/events.controller.ts';
import { LiveController } from './live/live.controller.ts';
import { SummaryFeed } from './live/summary-feed.ts';
import { CheckController } from './ingest/check.controller.ts';
import { AuditLog } from './ops/audit-log.ts';
import { BalanceController } from './ops/balance.controller.ts';
import { DeadLetterBox } from './ops/dead-letter-box.ts';
import { ErasuresController } from './ops/erasures.controller.ts';
import { OpsController } from './ops/ops.controller.ts';
import { RunsController } from './ops/runs.controller.ts';
import { TenantsAdminController } from './ops/tenants-admin.controller.ts';
import { ReportsController } from './reports/reports.controller.ts';
import { CursorCodec } from './sessions/cursor.ts';
import { SessionsController } from './sessions/sessions.controller.ts';
import { stores } from './stores.ts';
import { TenantController } from './tenants/tenant.controller.ts';
import { CONFIG, CURSORS, LOGGER, METRICS, TABLES, VERIFY_TOKEN } from './tokens.ts';
import { TrafficController } from './traffic/traffic.controller.ts';

/** What the process brings along. */
export interface AppParts {
  config: QueryConfig;
  logger: Logger;
  metrics: Metrics;
  tables: Tables;
}

@Module({})
export class AppModule {
  static with({ config, logger, metrics, tables }: AppParts): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LoggerModule.forRoot({ pinoHttp: httpLogging(logger) }),
        TerminusModule.forRoot({ logger: false }),
      ],
      controllers: [
        JourneysController,
        SessionsController,
        ConversationsController,
        QuestionsController,
        TrafficController,
        FormsController,
        SubmissionsController,
        ItemsController,
        LiveController,
        EventsController,
        CheckController,
        ReportsController,
        OpsController,
        BalanceController,
        TenantsAdminController,
        ErasuresController,
        RunsController,
        TenantController,
        AuthController,
        ...(config.auth.localSignIn ? [LocalSignInController] : []),
        HealthController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: METRICS, useValue: metrics },
        { provide: TABLES, useValue: tables },
        ...stores,
        { provide: VERIFY_TOKEN, useFactory: () => createTokenVerifier(config.auth) },
        { provide: CURSORS, useFactory: () => new CursorCodec(config.auth.secret) },
        { provide: SessionCookie, useFactory: () => new SessionCookie(config.auth) },
        { provide: AntiForgery, useFactory: () => new AntiForgery(config.auth) },
        TenantAccess,
        FiguresService,
        BrokerLink,
        SummaryFeed,
        DeadLetterBox,
        AuditLog,
        RateLimits,
        // Guards run in this order: who, whether they may, how often.
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_GUARD, useClass: RolesGuard },
        { provide: APP_GUARD, useClass: RateLimitGuard },
        { provide: APP_INTERCEPTOR, useClass: RequestSpanInterceptor },
        { provide: APP_INTERCEPTOR, useClass: SharedAnswers },
        { provide: APP_FILTER, useClass: ProblemFilter },
      ],
    };
  }
}
