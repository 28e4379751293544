import { ApiProperty } from '@nestjs/swagger';
import { REJECTIONS } from '@picasso/contracts';
import { IsDefined, IsString, Length, Matches } from 'class-validator';
import { Count, ListOf, Name, OneOf, OneOrNull } from '../http/api-fields.ts';

export class CheckBody {
  @ApiProperty({ type: String, description: 'a write key, or the server key' })
  @IsString()
  @Length(1, 128)
  @Matches(/^[\w-]+$/)
  key!: string;

  @ApiProperty({
    oneOf: [
      { type: 'object', additionalProperties: true },
      { type: 'array', items: {} },
    ],
    description: 'what would be sent to `/events`, in any of its shapes',
  })
  @IsDefined()
  body!: unknown;
}

class RejectionDto {
  @Count('of the event in the batch') index!: number;
  @OneOf(Object.keys(REJECTIONS)) code!: string;
  @Name('JSON pointer into the event; empty for the event itself') path!: string;
  @Name() message!: string;
}

class VerdictDto {
  @Count() accepted!: number;
  @Count('always 0: nothing is compared with what is stored') duplicates!: number;
  @ListOf(() => RejectionDto) rejected!: RejectionDto[];
}

class RefusalDto {
  @Count('of ingest’s answer') status!: number;
  @Name('of ingest’s answer') code!: string;
  @Name() message!: string;
}

/** What ingest answers to the events: one of the two is there. */
export class CheckDto {
  @OneOrNull(() => VerdictDto, 'the request would be taken; so many of its events')
  verdict!: VerdictDto | null;
  @OneOrNull(() => RefusalDto, 'the request as a whole would be refused')
  refused!: RefusalDto | null;
}
