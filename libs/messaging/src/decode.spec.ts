import { describe, expect, it } from '@jest/globals';
import { decodeJson, rawBody } from './decode.ts';

describe('decodeJson', () => {
  it.each(['{"a":[1,"ü"]}', 'null', '"text"'])('reads %s', (text) => {
    expect(decodeJson(Buffer.from(text))).toEqual({ ok: true, data: JSON.parse(text) as unknown });
  });

  it.each([
    [Buffer.from('{"content":"SECRET'), 'the body is not JSON'],
    [Buffer.alloc(0), 'the body is not JSON'],
    [Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'the body is not UTF-8'],
  ])('says what is wrong with %j and quotes nothing', (body, error) => {
    expect(decodeJson(body)).toEqual({ ok: false, error });
  });
});

describe('rawBody', () => {
  it('keeps every byte of a body that fits', () => {
    const body = Buffer.from([0, 255, 1, 254]);
    expect(Buffer.from(rawBody(body).base64 as string, 'base64')).toEqual(body);
  });

  it('says so when it had to cut, and what the whole was', () => {
    const kept = rawBody(Buffer.alloc(800 * 1024, 1));
    expect(kept).toMatchObject({ truncated: true, bytes: 800 * 1024 });
    expect(kept.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(kept).length).toBeLessThan(1024 * 1024);
  });
});
