import { DestroyRef, DOCUMENT, effect, inject, Service, signal, untracked } from '@angular/core';
import type { SessionSummaryDto } from '../api/generated/index.ts';
import { Session } from '../session/session.ts';
import { CurrentTenant } from '../session/tenant.ts';
import { listen, type Counters, type LiveEvent } from './live-events.ts';
import { throttled } from './throttle.ts';

/** Without a stream, pages ask; with one, only for what it does not tell of. */
const POLL_MS = 15_000;
const POLL_BESIDE_STREAM_MS = 60_000;
const CLOCK_MS = 5_000;
/** However much happens, figures are read no more often. */
const BEAT_MS = 3_000;
const RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 60_000;

/** How news come in: told by the service, asked for, or not at all (hidden or signed out). */
export type Connection = 'streaming' | 'polling' | 'off';

/**
 * When it is time to read again. Pages follow `beat` and know nothing of how it comes about: from
 * server-sent events, or by asking every few seconds while there are none. Only as long as somebody
 * looks: browsers hold six connections to a host, and hidden tabs must not take them.
 */
@Service()
export class Live {
  private readonly document = inject(DOCUMENT);
  private readonly session = inject(Session);
  private readonly tenant = inject(CurrentTenant);

  private readonly beats = signal(0);
  private readonly clock = signal(Date.now());
  private readonly how = signal<Connection>('off');
  private readonly today = signal<{ tenant: string; counters: Counters } | undefined>(undefined);
  private readonly told = signal<SessionSummaryDto | undefined>(undefined);
  private readonly isVisible = signal(this.document.visibilityState !== 'hidden');

  /** Rises whenever there may be something new. */
  readonly beat = this.beats.asReadonly();
  /** Epoch milliseconds, a few seconds old at most: for ages on the screen. */
  readonly now = this.clock.asReadonly();
  readonly connection = this.how.asReadonly();
  /** The session that was told of last. */
  readonly changed = this.told.asReadonly();

  /** Where a later stream of this tenant goes on. */
  private position: { tenant: string; id: string } | undefined;
  private polledAt = Date.now();
  private readonly beatSoon = throttled(() => this.tick(), BEAT_MS);

  constructor() {
    const clock = setInterval(() => {
      this.clock.set(Date.now());
      const wait = this.how() === 'streaming' ? POLL_BESIDE_STREAM_MS : POLL_MS;
      if (Date.now() - this.polledAt >= wait) this.tick();
    }, CLOCK_MS);
    const onVisible = (): void => {
      this.isVisible.set(this.document.visibilityState !== 'hidden');
      this.tick();
    };
    this.document.addEventListener('visibilitychange', onVisible);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(clock);
      this.beatSoon.stop();
      this.document.removeEventListener('visibilitychange', onVisible);
    });
    effect(() => {
      this.session.generation();
      untracked(() => this.tick());
    });
    effect((onCleanup) => {
      this.session.generation();
      const tenant = this.tenant.hash();
      const isWanted = this.isVisible() && this.session.state().kind === 'signed-in';
      if (tenant === undefined || !isWanted) return;
      const stop = new AbortController();
      onCleanup(() => {
        stop.abort();
        this.how.set('off');
      });
      untracked(() => void this.stayConnected(tenant, stop.signal));
    });
  }

  /** Today's counters of the tenant that is shown, as they were told last. */
  counters(): Counters | undefined {
    const today = this.today();
    return today?.tenant === this.tenant.hash() ? today?.counters : undefined;
  }

  private async stayConnected(tenant: string, signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; failures += 1) {
      const from = this.position?.tenant === tenant ? this.position.id : undefined;
      await listen(tenant, from, signal, {
        onAlive: () => {
          failures = 0;
          if (!signal.aborted) this.how.set('streaming');
        },
        onEvent: (event) => this.take(tenant, event),
        onPosition: (id) => (this.position = { tenant, id }),
      }).catch(() => undefined);
      if (signal.aborted) return;
      this.how.set('polling');
      await pause(Math.min(RETRY_MS * 2 ** failures, LONGEST_RETRY_MS), signal);
    }
  }

  private take(tenant: string, event: LiveEvent): void {
    if (event.event === 'counters') this.today.set({ tenant, counters: event.data });
    if (event.event === 'summary') this.told.set(event.data.summary);
    // Its sequence may have begun anew.
    if (event.event === 'reset') this.position = undefined;
    this.beatSoon();
  }

  private tick(): void {
    this.clock.set(Date.now());
    if (this.document.visibilityState === 'hidden') return;
    this.polledAt = Date.now();
    if (this.session.state().kind === 'signed-in') this.beats.update((beat) => beat + 1);
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    });
  });
