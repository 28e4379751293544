export type ExportFormat = 'csv' | 'json' | 'jsonl' | 'pdf';

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
/** Lines of a file that are no rows: the header; `[` and `]`, which share a line when it is empty. */
const FRAME = { csv: 1, json: 2, jsonl: 0 } as const;

/**
 * Counts the rows of a file while it arrives in pieces: lines, of which cells in quotes may have
 * some of their own.
 */
export class RowCounter {
  private lines = 0;
  private isQuoted = false;

  constructor(private readonly format: ExportFormat) {}

  add(piece: Uint8Array): void {
    for (const byte of piece) {
      if (byte === QUOTE && this.format === 'csv') this.isQuoted = !this.isQuoted;
      else if (byte === LINE_FEED && !this.isQuoted) this.lines += 1;
    }
  }

  /** So far; null for files that have no rows. */
  get rows(): number | null {
    return this.format === 'pdf' ? null : Math.max(0, this.lines - FRAME[this.format]);
  }
}
