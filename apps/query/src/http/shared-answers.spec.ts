import { describe, expect, it, jest } from '@jest/globals';
import { StreamableFile, type CallHandler, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { firstValueFrom, from } from 'rxjs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Shared, SharedAnswers } from './shared-answers.interceptor.ts';

const FRESH_MS = 400;

class Routes {
  @Shared() shared(): void {}
  alone(): void {}
}

interface Call {
  tenantHash?: string;
  role?: string;
  url?: string;
  handler?: () => void;
  ifNoneMatch?: string;
}

function setUp(freshMs = FRESH_MS) {
  const interceptor = new SharedAnswers({ freshMs }, new Reflector());
  const { prototype } = Routes;
  const call = async (make: () => Promise<unknown>, options: Call = {}, etag?: string) => {
    const { tenantHash = 'a', role = 'admin', url = '/x', handler = prototype.shared } = options;
    const headers = new Map<string, string>(etag ? [['etag', etag]] : []);
    const reply = {
      status: 200,
      header: (name: string, value: string) => headers.set(name, value),
      getHeader: (name: string) => headers.get(name),
      code: (status: number) => (reply.status = status),
    };
    const request = {
      ...{ url, principal: { tenantHash, role } },
      headers: options.ifNoneMatch ? { 'if-none-match': options.ifNoneMatch } : {},
    };
    const context = {
      getHandler: () => handler,
      switchToHttp: () => ({ getRequest: () => request, getResponse: () => reply }),
    };
    const next: CallHandler = { handle: () => from(make()) };
    const observed = interceptor.intercept(context as unknown as ExecutionContext, next);
    return { body: await firstValueFrom(observed), status: reply.status, headers };
  };
  return { call, alone: prototype.alone };
}

const making = (answer: unknown) => jest.fn(() => Promise.resolve(answer));

describe('SharedAnswers', () => {
  it('gives everybody who asks the same within a moment the same answer, then a new one', async () => {
    const { call } = setUp();
    const make = making({ sessions: 3 });
    const answers = await Promise.all([call(make), call(make), call(make)]);
    expect(answers.map(({ body }) => body)).toEqual(Array(3).fill('{"sessions":3}'));
    expect(answers[2]?.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(make).toHaveBeenCalledTimes(1);
    await sleep(FRESH_MS / 4 + 50);
    await call(make);
    expect(make).toHaveBeenCalledTimes(2);
  });

  it('lets everybody wait for an answer that takes longer than that moment', async () => {
    const { call } = setUp();
    const slow = jest.fn(() => sleep(FRESH_MS / 2, { n: 1 }));
    const first = call(slow);
    await sleep(FRESH_MS / 4 + 50);
    expect([(await call(slow)).body, (await first).body]).toEqual(['{"n":1}', '{"n":1}']);
    expect(slow).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['another tenant', { tenantHash: 'b' }],
    ['another role', { role: 'viewer' }],
    ['another URL', { url: '/y' }],
  ])('keeps it from %s', async (_, other) => {
    const { call } = setUp();
    await call(making({ secret: 'a' }));
    expect((await call(making({ own: 'b' }), other)).body).toBe('{"own":"b"}');
  });

  it.each([
    ['what operators read', { role: 'ops' }],
    ['other routes', { handler: setUp().alone }],
  ])('leaves %s alone', async (_, options) => {
    const { call } = setUp();
    const make = making({ n: 1 });
    expect((await call(make, options)).body).toEqual({ n: 1 });
    await call(make, options);
    expect(make).toHaveBeenCalledTimes(2);
  });

  it('is off where nothing may be old', async () => {
    const { call } = setUp(0);
    const make = making({});
    await call(make);
    await call(make);
    expect(make).toHaveBeenCalledTimes(2);
  });

  it('keeps no failure, no download and no 304', async () => {
    const { call } = setUp();
    const failing = jest.fn(() => Promise.reject(new Error('outage')));
    const file = new StreamableFile(Buffer.from('csv'));
    await expect(call(failing)).rejects.toThrow('outage');
    expect((await call(making(file))).body).toBe(file);
    expect((await call(making(undefined))).body).toBeUndefined();
    expect((await call(making({ n: 1 }))).body).toBe('{"n":1}');
  });

  it('answers 304 to whoever has the answer already', async () => {
    const { call } = setUp();
    await call(making({ n: 1 }), {}, 'W/"1"');
    const again = await call(making({}), { ifNoneMatch: 'W/"1"' });
    expect(again).toMatchObject({ body: undefined, status: 304 });
    expect(again.headers.get('etag')).toBe('W/"1"');
    expect((await call(making({}), { ifNoneMatch: 'W/"0"' })).body).toBe('{"n":1}');
  });
});
