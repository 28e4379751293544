import { DOCUMENT, inject, Service, signal } from '@angular/core';
import { explain, type Explanation } from '../ui/problem-text.ts';
import type { ExportChoice } from './export-choice.ts';
import { readFile, type Progress } from './read-file.ts';

export interface Download extends Progress {
  id: number;
  name: string;
  label: string;
  state: 'running' | 'done' | 'failed';
  problem?: Explanation;
}

/** As often as eyes can follow. */
const SHOW_MS = 120;
const DONE_MS = 6_000;

/** What is being downloaded. It goes on when the page is changed. */
@Service()
export class Downloads {
  private readonly document = inject(DOCUMENT);
  private readonly all = signal<readonly Download[]>([]);
  private readonly running = new Map<number, { choice: ExportChoice; stop: AbortController }>();
  private lastId = 0;

  readonly list = this.all.asReadonly();

  async start(choice: ExportChoice): Promise<void> {
    if (!('address' in choice)) {
      const file = new Blob([choice.content()], { type: TYPES[choice.format] });
      return this.save(choice.file, file);
    }
    const id = ++this.lastId;
    const { name, label, format } = choice;
    const stop = new AbortController();
    this.running.set(id, { choice, stop });
    this.all.update((list) => [
      ...list,
      { id, name, label, state: 'running', bytes: 0, rows: format === 'pdf' ? null : 0 },
    ]);
    let shownAt = 0;
    try {
      const file = await readFile(choice.address, format, stop.signal, (progress) => {
        if (Date.now() - shownAt < SHOW_MS) return;
        shownAt = Date.now();
        this.change(id, progress);
      });
      this.save(file.name, file.content);
      this.change(id, { state: 'done', bytes: file.bytes, rows: file.rows });
      setTimeout(() => this.dismiss(id), DONE_MS);
    } catch (error) {
      if (stop.signal.aborted) return this.dismiss(id);
      this.change(id, { state: 'failed', problem: explain(error) });
    }
  }

  again(id: number): void {
    const known = this.running.get(id);
    this.dismiss(id);
    if (known) void this.start(known.choice);
  }

  /** Gives up what still runs. */
  dismiss(id: number): void {
    this.running.get(id)?.stop.abort();
    this.running.delete(id);
    this.all.update((list) => list.filter((download) => download.id !== id));
  }

  private change(id: number, changes: Partial<Download>): void {
    this.all.update((list) =>
      list.map((download) => (download.id === id ? { ...download, ...changes } : download)),
    );
  }

  private save(name: string, content: Blob): void {
    const link = this.document.createElement('a');
    link.href = URL.createObjectURL(content);
    link.download = name;
    link.click();
    // The browser has taken it over by then.
    setTimeout(() => URL.revokeObjectURL(link.href), DONE_MS);
  }
}

const TYPES = {
  csv: 'text/csv;charset=utf-8',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  pdf: 'application/pdf',
} as const;
