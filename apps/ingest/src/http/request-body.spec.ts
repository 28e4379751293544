import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readBody } from './request-body.ts';

const read = (body: Buffer | string | undefined, headers: Record<string, string> = {}) =>
  readBody({ body: typeof body === 'string' ? Buffer.from(body) : body, headers });

describe('bodies', () => {
  it.each([
    ['application/json'],
    ['application/json; charset=utf-8'],
    ['Application/JSON;charset="UTF-8"'],
    ['application/vnd.picasso+json'],
    ['text/plain;charset=UTF-8'],
    [''],
  ])('of type "%s" are read as JSON', async (type) => {
    expect(await read('{"a":[1]}', { 'content-type': type })).toEqual({ a: [1] });
  });

  it('may start with a byte order mark, be compressed, have no type', async () => {
    expect(await read('\ufeff{"ü":1}')).toEqual({ ü: 1 });
    expect(await read(gzipSync('[1]'), { 'content-encoding': 'GZIP' })).toEqual([1]);
  });

  it('inflate to 512 KB and no further', async () => {
    const of = (bytes: number) => gzipSync(`"${'x'.repeat(bytes - 2)}"`);
    const headers = { 'content-encoding': 'gzip' };
    expect(await read(of(512 * 1024), headers)).toHaveLength(512 * 1024 - 2);
    await expect(read(of(512 * 1024 + 1), headers)).rejects.toMatchObject({ code: 'too_large' });
  });

  it('say nothing of themselves in errors', async () => {
    await expect(read('{"secret": oops')).rejects.toThrow(/^the body is not JSON$/);
    await expect(read(undefined)).rejects.toMatchObject({ status: 400 });
  });
});
