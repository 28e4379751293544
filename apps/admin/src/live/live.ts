import { DestroyRef, DOCUMENT, effect, inject, Service, signal, untracked } from '@angular/core';
import { Session } from '../session/session.ts';

const POLL_MS = 15_000;
const CLOCK_MS = 5_000;

/**
 * When it is time to read again. Pages follow `beat` and know nothing of how it comes about: by
 * asking every few seconds, as long as somebody looks and is signed in.
 */
@Service()
export class Live {
  private readonly document = inject(DOCUMENT);
  private readonly session = inject(Session);

  private readonly beats = signal(0);
  private readonly clock = signal(Date.now());
  /** Rises whenever there may be something new. */
  readonly beat = this.beats.asReadonly();
  /** Epoch milliseconds, a few seconds old at most: for ages on the screen. */
  readonly now = this.clock.asReadonly();
  readonly paused = signal(false);

  constructor() {
    const poll = setInterval(() => this.tick(), POLL_MS);
    const clock = setInterval(() => this.clock.set(Date.now()), CLOCK_MS);
    const onVisible = (): void => this.tick();
    this.document.addEventListener('visibilitychange', onVisible);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(poll);
      clearInterval(clock);
      this.document.removeEventListener('visibilitychange', onVisible);
    });
    effect(() => {
      this.session.generation();
      untracked(() => this.tick());
    });
  }

  private tick(): void {
    this.clock.set(Date.now());
    if (this.paused() || this.document.visibilityState === 'hidden') return;
    if (this.session.state().kind === 'signed-in') this.beats.update((beat) => beat + 1);
  }
}
