import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { widgetAnswer } from '../events.controller.ts';
import { Intake } from '../intake.ts';
import { Admission } from '../tenants/admission.ts';
import { type Problem, problemOf } from './problem.ts';

/** How much of a body that cannot be read goes to the DLQ. */
const KEPT_BYTES = 32 * 1024;

/** Every request that did not get an answer gets one here: small, JSON, without what was sent. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly admission: Admission,
    private readonly intake: Intake,
    private readonly logger: Logger,
  ) {}

  async catch(error: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest<{ Params?: { write_key?: string } }>>();
    const reply = http.getResponse<FastifyReply>();
    let problem = problemOf(error);
    const pathKey = request.params?.write_key;
    if (problem.lasting && pathKey !== undefined) {
      try {
        reply.code(200).send(await this.settle(request, pathKey, problem));
        return;
      } catch (another) {
        problem = problemOf(another);
      }
    }
    if (problem.code === 'internal') this.logger.error({ err: error }, 'unexpected failure');
    sendProblem(reply, problem);
  }

  /**
   * The deployed widget sends everything again until it reads 2xx with JSON. A body that can never
   * be taken would come back for ever, with all that is added to it: so it is buried and done.
   */
  private async settle(request: FastifyRequest, pathKey: string, problem: Problem) {
    const holder = await this.admission.admit({ headers: request.headers, pathKey });
    const { body } = request;
    const text = Buffer.isBuffer(body) ? body.toString('utf8', 0, KEPT_BYTES) : null;
    return widgetAnswer(await this.intake.refuse(holder, problem, text), 0);
  }
}

export function sendProblem(reply: FastifyReply, problem: Problem): void {
  if (problem.retryAfterS !== undefined) reply.header('retry-after', problem.retryAfterS);
  reply.code(problem.status).send(problem.body());
}
