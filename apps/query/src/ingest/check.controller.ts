import { Body, Controller, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { WithText } from '../auth/roles.ts';
import type { QueryConfig } from '../config.ts';
import { ApiProblems } from '../http/api-problems.ts';
import { Problem } from '../http/problem.ts';
import { CONFIG } from '../tokens.ts';
import { CheckBody, CheckDto } from './check.dto.ts';

const PATIENCE_MS = 5_000;
/** Ingest’s own refusals of a request; anything else is an outage of the way to it. */
const REFUSALS = new Set([400, 401, 403, 413, 415, 429]);

/**
 * Asks ingest what it would say to events. Through here, because the console may talk to its own
 * origin only, and a tenant's list of origins does not have the console's in it.
 */
@ApiTags('events')
@WithText()
@Controller('analytics/events/check')
export class CheckController {
  constructor(@Inject(CONFIG) private readonly config: QueryConfig) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    summary: 'What ingest would answer to these events; nothing is stored',
    description: 'As `POST /events/validate` of ingest says. The key is used and not kept.',
  })
  @ApiOkResponse({ type: CheckDto })
  @ApiProblems('invalid_request', 'too_large', 'anti_forgery', 'forbidden', 'not_configured')
  async check(@Body() { key, body }: CheckBody): Promise<CheckDto> {
    const { ingestUrl } = this.config;
    if (!ingestUrl)
      throw new Problem('not_configured', { detail: 'INGEST_URL is not set for this service' });
    // Each kind of key counts in its own header only.
    const header = key.startsWith('sk_') ? 'x-server-key' : 'x-write-key';
    const { status, answer } = await ask(new URL('/events/validate', ingestUrl), {
      headers: { 'content-type': 'application/json', [header]: key },
      body: JSON.stringify(body),
    });
    if (status === 200) return { verdict: answer as CheckDto['verdict'], refused: null };
    if (REFUSALS.has(status)) {
      const { code, message } = answer as { code: string; message: string };
      return { verdict: null, refused: { status, code, message } };
    }
    throw new Problem('unavailable', { detail: `ingest answered ${status}`, retryAfter: 5 });
  }
}

/** @throws Problem `unavailable` when ingest does not answer in JSON */
async function ask(
  url: URL,
  request: Pick<RequestInit, 'headers' | 'body'>,
): Promise<{ status: number; answer: unknown }> {
  try {
    const response = await fetch(url, {
      ...request,
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return { status: response.status, answer: await response.json() };
  } catch (cause) {
    throw new Problem('unavailable', { detail: 'ingest cannot be reached', retryAfter: 5, cause });
  }
}
