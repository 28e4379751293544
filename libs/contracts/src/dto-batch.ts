/** What stands around events: our SDK's batch and the deployed widget's envelope. */
import { Type } from 'class-transformer';
import { IsArray, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import {
  Id,
  OptionalFlag,
  OptionalId,
  OptionalText,
  OptionalTime,
  Step,
  Version,
} from './dto-decorators.ts';

export class SdkInfo {
  @OptionalText() name?: string;
  @OptionalText() version?: string;
}

/** `{sent_at, sdk, events}`; `events` holds flat events. A bare array or event is accepted, too. */
export class FlatBatch {
  /** Stamped anew at every attempt; ours minus this is the sender's skew. */
  @OptionalTime() sent_at?: string | number;
  @IsOptional() @ValidateNested() @Type(() => SdkInfo) sdk?: SdkInfo;
  @IsArray() events!: unknown[];
}

export class EnvelopedBody {
  @Id() type!: string;
  @IsOptional() @IsObject() payload?: object;
}

/** An event as the deployed widget sends it: without id and sequence number. */
export class EnvelopedEvent {
  @Version() schema_version!: string;
  @Id() session_id!: string;
  /** The tenant's hash under its old name. */
  @OptionalText() tenant_id?: string;
  @OptionalTime() timestamp?: string | number;
  @Step() step_number!: number;
  @ValidateNested() @Type(() => EnvelopedBody) event!: EnvelopedBody;
  @OptionalId() ga_client_id?: string;
}

/** `{action: 'analytics', batch: true, events}` */
export class Envelope {
  @IsString() action!: string;
  @OptionalFlag() batch?: boolean;
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => EnvelopedEvent)
  events!: EnvelopedEvent[];
}
