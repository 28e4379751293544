import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BytesInProgress } from './http/bytes-in-progress.ts';
import { readBody } from './http/request-body.ts';
import { RequestTraces } from './http/request-traces.ts';
import { type Answer, Intake } from './intake.ts';
import { Admission } from './tenants/admission.ts';

/** What the deployed widget takes for success: 2xx with JSON. */
export interface WidgetAnswer extends Answer {
  status: 'success';
  /** Events that need not be sent again: all of them. */
  processed: number;
}

export const widgetAnswer = (answer: Answer, processed: number): WidgetAnswer => ({
  status: 'success',
  processed,
  ...answer,
});

type KeyInPath = FastifyRequest<{ Params: { write_key?: string } }>;

@Controller()
export class EventsController {
  constructor(
    private readonly admission: Admission,
    private readonly intake: Intake,
    private readonly bytes: BytesInProgress,
    private readonly traces: RequestTraces,
  ) {}

  /** 202, or 200 with the widget's fields for its envelope. */
  @Post('events')
  @HttpCode(202)
  events(
    @Req() request: KeyInPath,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    return this.take(request, reply);
  }

  /** For senders that cannot set headers: the deployed widget, and `navigator.sendBeacon`. */
  @Post('w/:write_key')
  @HttpCode(200)
  widget(
    @Req() request: KeyInPath,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer> {
    return this.take(request, reply);
  }

  /** What `POST /events` would answer; stores nothing. */
  @Post('events/validate')
  @HttpCode(200)
  validate(@Req() request: KeyInPath): Promise<Answer> {
    return this.bytes.hold(request.body, async () => {
      const holder = await this.admission.admit({ headers: request.headers });
      const batch = await this.intake.open(await readBody(request), holder);
      return this.intake.check(batch, holder);
    });
  }

  private take(request: KeyInPath, reply: FastifyReply): Promise<Answer> {
    const { headers, ip } = request;
    const pathKey = request.params.write_key;
    const sender = { address: ip, userAgent: headers['user-agent'] ?? '' };
    return this.traces.around(request, () =>
      this.bytes.hold(request.body, async () => {
        const holder = await this.admission.admit({ headers, pathKey });
        const batch = await this.intake.open(await readBody(request), holder);
        const answer = await this.intake.take(batch, holder, sender);
        if (pathKey === undefined && batch.shape === 'flat') return answer;
        reply.code(200);
        return widgetAnswer(answer, batch.events.length);
      }),
    );
  }
}
