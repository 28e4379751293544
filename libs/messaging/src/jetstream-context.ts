import type { JsMsg } from '@nats-io/jetstream';
import type { MsgHdrs } from '@nats-io/transport-node';
import { BaseRpcContext } from '@nestjs/microservices';

/** What a handler may know about its message besides the body. */
export class JetStreamContext extends BaseRpcContext<[JsMsg]> {
  get subject(): string {
    return this.message.subject;
  }

  /** Sequence in the stream. */
  get seq(): number {
    return this.message.seq;
  }

  /** 1 on the first delivery. */
  get deliveryCount(): number {
    return this.message.info.deliveryCount;
  }

  get headers(): MsgHdrs | undefined {
    return this.message.headers;
  }

  /** When the broker stored the message, epoch milliseconds. */
  get timestampMs(): number {
    return this.message.time.getTime();
  }

  /** Asks for another ack wait. Done automatically for ten of them; needed only beyond. */
  working(): void {
    this.message.working();
  }

  private get message(): JsMsg {
    return this.args[0];
  }
}
