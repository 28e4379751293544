import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { type EventSlice, SUBJECTS } from '@picasso/contracts';
import {
  type JetStreamContext,
  type Outcome,
  done,
  duplicate,
  poison,
  retryLater,
} from '@picasso/messaging';
import { reached } from './fault-points.ts';
import { Intake } from './intake.ts';

/** Decode → handle → outcome: a message of EVENTS is one session's events from one request. */
@Controller()
export class SlicesController {
  constructor(@Inject(Intake) private readonly intake: Intake) {}

  @EventPattern<string>(SUBJECTS.allEvents)
  async slice(@Payload() data: unknown, @Ctx() context: JetStreamContext): Promise<Outcome> {
    const slice = decode(data, context.subject);
    if (!slice) return poison('poison', 'the message is no event slice of its subject’s tenant');
    try {
      const taken = await this.intake.take(slice, context.seq, context.deliveryCount);
      reached('before-ack');
      return taken.stored === 0 && taken.duplicates > 0 ? duplicate() : done();
    } catch (error) {
      // Tables or broker are away or throttled: the message stays where it is.
      this.intake.failed(error);
      return retryLater(250, error instanceof Error ? error.name : 'unknown');
    }
  }
}

/** Only ingest publishes here, so a look at the frame is enough; undefined for anything else. */
function decode(data: unknown, subject: string): EventSlice | undefined {
  const slice = data as Partial<EventSlice> | null;
  const whole =
    typeof slice === 'object' &&
    slice?.v === 1 &&
    typeof slice.session_id === 'string' &&
    typeof slice.received_ms === 'number' &&
    Array.isArray(slice.events) &&
    slice.events.length > 0 &&
    subject === SUBJECTS.events(String(slice.tenant_hash));
  return whole ? (slice as EventSlice) : undefined;
}
