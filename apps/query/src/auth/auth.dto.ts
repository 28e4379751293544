import { ApiProperty } from '@nestjs/swagger';
import { Matches, MaxLength } from 'class-validator';
import { ROLES, type Role } from './principal.ts';
import { MAX_TOKEN_LENGTH } from './session-cookie.ts';

export class ExchangeBody {
  @ApiProperty({
    type: String,
    maxLength: MAX_TOKEN_LENGTH,
    description: "the token of the portal's link",
  })
  @Matches(/^[\w-]+\.[\w-]+\.[\w-]*$/, { message: 'token must be a JWT' })
  @MaxLength(MAX_TOKEN_LENGTH)
  token!: string;
}

export class SignedInDto {
  @ApiProperty({ type: String }) sub!: string;
  @ApiProperty({ enum: ROLES }) role!: Role;
  @ApiProperty({ type: String, nullable: true, description: 'null for operators without one' })
  tenant_hash!: string | null;
  @ApiProperty({ type: String, format: 'date-time' }) expires_at!: string;
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'goes into `x-csrf-token` of unsafe requests; null with a bearer token',
  })
  csrf_token!: string | null;
}
