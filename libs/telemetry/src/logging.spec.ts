import { describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { createLogger, safeUrl } from './logging.ts';

/** A logger and the lines that it wrote. */
function capture() {
  const lines: string[] = [];
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  return { logger: createLogger({ service: 'spec', destination }), lines };
}

describe('createLogger', () => {
  it('writes one JSON object per line with service, level and ISO time', () => {
    const { logger, lines } = capture();
    logger.warn({ session: 'sess_1' }, 'slow table');
    const entry = JSON.parse(lines[0]!) as Record<string, string>;
    expect(entry).toMatchObject({
      service: 'spec',
      level: 'warn',
      session: 'sess_1',
      message: 'slow table',
    });
    expect(new Date(entry.time!).toISOString()).toBe(entry.time);
  });

  it.each([
    { authorization: 'Bearer SECRET' },
    { headers: { cookie: 'SECRET', 'x-write-key': 'SECRET' } },
    { req: { headers: { authorization: 'SECRET' }, url: '/journey?token=SECRET' } },
    { event: { payload: { content: 'SECRET' } } },
    { summary: { first_question: 'SECRET' } },
    { req: { url: '/w/SECRET?action=analytics' } },
  ])('keeps secrets and message text out: %j', (fields) => {
    const { logger, lines } = capture();
    logger.info(fields, 'something');
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain('SECRET');
  });

  it("does not show a parser's message, which quotes its input", () => {
    const { logger, lines } = capture();
    let error: unknown;
    try {
      JSON.parse('{"content": my SECRET wish');
    } catch (caught) {
      error = caught;
    }
    expect(String(error)).toContain('SECRET');
    logger.error({ err: error }, 'unreadable');
    expect(lines[0]).not.toContain('SECRET');
    expect(lines[0]).toContain('SyntaxError');
    expect(lines[0]).toContain('logging.spec.ts');
  });

  it('does not show it either where it caused another error', () => {
    const { logger, lines } = capture();
    try {
      JSON.parse('{"content": my SECRET wish');
    } catch (cause) {
      const unreadable = new Error('the row cannot be read', { cause });
      logger.error({ err: new TypeError('no summary', { cause: unreadable }) }, 'failed');
    }
    expect(lines[0]).not.toContain('SECRET');
    expect(lines[0]).toContain('no summary');
    expect(lines[0]).toContain('the row cannot be read');
    expect(lines[0]).toContain('[input not shown]');
  });

  it("shows other errors' class, code and message, and none of their other fields", () => {
    const { logger, lines } = capture();
    const error = Object.assign(new TypeError('no such table'), { code: 'ENOENT', item: 'SECRET' });
    logger.error({ err: error }, 'failed');
    expect(JSON.parse(lines[0]!)).toMatchObject({
      err: { type: 'TypeError', code: 'ENOENT', message: 'no such table' },
    });
    expect(lines[0]).not.toContain('SECRET');
  });
});

describe('safeUrl', () => {
  it('drops the query, the fragment and the write key', () => {
    expect(safeUrl('/w/wk_123/?a=1')).toBe('/w/[key]/');
    expect(safeUrl('/events#x')).toBe('/events');
    expect(safeUrl('/health/ready')).toBe('/health/ready');
  });
});
