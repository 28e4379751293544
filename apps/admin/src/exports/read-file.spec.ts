import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { readFile, type Progress } from './read-file.ts';

/** An answer whose body comes in pieces; an error among them breaks the connection there. */
function answerWith(pieces: (string | Error)[], status = 200): void {
  const left = [...pieces];
  const read = (): Promise<unknown> => {
    const piece = left.shift();
    if (piece === undefined) return Promise.resolve({ done: true });
    if (piece instanceof Error) return Promise.reject(piece);
    return Promise.resolve({ done: false, value: new Uint8Array(Buffer.from(piece)) });
  };
  const headers = { 'content-disposition': 'attachment; filename="topics_t1.csv"' };
  globalThis.fetch = jest.fn(() =>
    Promise.resolve({
      ...{ ok: status < 400, status, body: { getReader: () => ({ read }) } },
      headers: { get: (name: keyof typeof headers) => headers[name] ?? null },
      text: () => Promise.resolve(pieces.join('')),
    }),
  ) as unknown as typeof fetch;
}

const { fetch } = globalThis;
afterEach(() => void (globalThis.fetch = fetch));

const read = (onProgress: (progress: Progress) => void = () => undefined) =>
  readFile('/analytics/topics/t1?format=csv', 'csv', new AbortController().signal, onProgress);

describe('a file that is written while it is sent', () => {
  it('tells how far it is, and is there when all of it came', async () => {
    answerWith(['topic,rate\r\n', 'a,1\r\nb', ',2\r\n']);
    const told: Progress[] = [];
    const file = await read((progress) => told.push(progress));
    expect(told).toEqual([
      { bytes: 12, rows: 0 },
      { bytes: 18, rows: 1 },
      { bytes: 22, rows: 2 },
    ]);
    expect(file).toMatchObject({ name: 'topics_t1.csv', rows: 2, bytes: 22 });
    expect(file.content.size).toBe(22);
  });

  it('is no file when it breaks off in the middle', async () => {
    answerWith(['topic,rate\r\n', new TypeError('network error')]);
    await expect(read()).rejects.toMatchObject({ code: 'download_broken', status: 0 });
  });

  it('is no file when the service answers with a problem', async () => {
    answerWith(['{"code":"unavailable","title":"The data cannot be read"}'], 503);
    await expect(read()).rejects.toMatchObject({ code: 'unavailable', status: 503 });
  });

  it('passes on that it was given up', async () => {
    answerWith(['topic\r\n', new DOMException('given up', 'AbortError')]);
    await expect(read()).rejects.toMatchObject({ name: 'AbortError' });
  });
});
