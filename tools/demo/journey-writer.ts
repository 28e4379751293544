/** Writes one visitor's events down while time passes, in the flat shape of the wire contract. */
import type { JsonObject } from '@picasso/contracts';
import type { Random } from '../harness/random.ts';

/** An event as the SDK or the chat backend sends it. */
export interface FlatEvent {
  schema_version: string;
  event_id: string;
  /** ISO 8601 */
  timestamp: string;
  session_id: string;
  tenant_hash: string;
  step_number: number;
  sequence_number?: number;
  event_type: string;
  payload: JsonObject;
  context?: JsonObject;
  attribution?: JsonObject;
  ga_client_id?: string;
}

export interface DemoEvent {
  at_ms: number;
  /** `server`: sent with the server key. */
  origin: 'browser' | 'server';
  event: FlatEvent;
}

export interface DemoJourney {
  tenant_hash: string;
  session_id: string;
  /** In the order of sending. */
  events: DemoEvent[];
}

export interface Visitor {
  context: JsonObject;
  attribution: JsonObject;
  ga_client_id: string | undefined;
}

export class JourneyWriter {
  private readonly events: DemoEvent[] = [];
  private sequence = 0;

  constructor(
    readonly random: Random,
    private readonly tenantHash: string,
    private readonly sessionId: string,
    private readonly visitor: Visitor,
    private nowMs: number,
  ) {}

  /** Lets time pass: somewhere between the two, in seconds, short waits being likelier. */
  wait(fromSeconds: number, toSeconds: number): number {
    const share = this.random.next() ** 2;
    const ms = Math.round(1_000 * (fromSeconds + share * (toSeconds - fromSeconds)));
    this.nowMs += ms;
    return ms;
  }

  /** Seconds since the session began. */
  elapsedSeconds(): number {
    return Math.round((this.nowMs - (this.events[0]?.at_ms ?? this.nowMs)) / 1_000);
  }

  /** @returns the event's step */
  browser(event_type: string, payload: JsonObject): number {
    this.sequence += 1;
    const { attribution, context, ga_client_id } = this.visitor;
    const isFirst = this.sequence === 1;
    this.push('browser', {
      ...this.common(`${this.sequence}`),
      step_number: this.sequence,
      sequence_number: this.sequence,
      event_type,
      payload,
      ...(isFirst ? { context, attribution } : {}),
      ...(ga_client_id ? { ga_client_id } : {}),
    });
    return this.sequence;
  }

  /** The chat backend's record of an answer; it belongs to the step that it answers. */
  server(event_type: string, step: number, payload: JsonObject): void {
    const event = { ...this.common(`server_${step}`), step_number: step, event_type };
    this.push('server', { ...event, payload: { ...payload, in_response_to_step: step } });
  }

  journey(): DemoJourney {
    return { tenant_hash: this.tenantHash, session_id: this.sessionId, events: this.events };
  }

  private common(suffix: string) {
    return {
      schema_version: '1.0',
      event_id: `evt_${this.sessionId}_${suffix}`,
      timestamp: new Date(this.nowMs).toISOString(),
      session_id: this.sessionId,
      tenant_hash: this.tenantHash,
    };
  }

  private push(origin: DemoEvent['origin'], event: FlatEvent): void {
    this.events.push({ at_ms: this.nowMs, origin, event });
  }
}
