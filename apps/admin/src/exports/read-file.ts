import { ApiProblem, problemOf } from '../api/api.ts';
import { RowCounter, type ExportFormat } from './row-counter.ts';

export interface Progress {
  bytes: number;
  /** null for files without rows. */
  rows: number | null;
}

export interface DownloadedFile extends Progress {
  name: string;
  content: Blob;
}

/**
 * Reads a file that the service writes while it is sent. There is a file only when all of it came:
 * the service breaks the connection when it cannot go on.
 * @throws ApiProblem; the signal's reason when given up
 */
export async function readFile(
  address: string,
  format: ExportFormat,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<DownloadedFile> {
  const response = await fetch(address, { signal, credentials: 'same-origin' }).catch(broken);
  if (!response.ok || !response.body) throw await problemOf(response);
  const counter = new RowCounter(format);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(broken);
    if (done) break;
    pieces.push(value);
    bytes += value.byteLength;
    counter.add(value);
    onProgress({ bytes, rows: counter.rows });
  }
  const type = response.headers.get('content-type') ?? '';
  const content = new Blob(pieces, { type });
  return { name: nameIn(response.headers), content, bytes, rows: counter.rows };
}

function broken(error: unknown): never {
  if (error instanceof DOMException && error.name === 'AbortError') throw error;
  throw new ApiProblem(0, 'download_broken', 'The file broke off before it was whole.');
}

const nameIn = (headers: Headers): string =>
  /filename="([^"]+)"/.exec(headers.get('content-disposition') ?? '')?.[1] ?? 'export';
