import { computed, DOCUMENT, inject, Service, signal } from '@angular/core';
import { ApiProblem, call, connectApi } from '../api/api.ts';
import {
  authExchange,
  authSession,
  authSignOut,
  localsigninSignIn,
  type SignedInDto,
} from '../api/generated/index.ts';
import { takePortalToken } from './portal-token.ts';

export type SignedOutReason = 'new' | 'link-refused' | 'left' | 'unreachable';

export type SessionState =
  | { kind: 'signed-out'; reason: SignedOutReason }
  | { kind: 'signed-in'; user: SignedInDto }
  /** The page stays as it is, under a notice, until somebody signs in again. */
  | { kind: 'expired'; user: SignedInDto };

export type Role = SignedInDto['role'];

/** Browsers wait for 2^31 milliseconds at most. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Who uses the console. The credential itself is a cookie that no script can read. */
@Service()
export class Session {
  private readonly document = inject(DOCUMENT);
  private readonly current = signal<SessionState>({ kind: 'signed-out', reason: 'new' });
  private expiry: ReturnType<typeof setTimeout> | undefined;

  readonly state = this.current.asReadonly();
  readonly user = computed(() => {
    const state = this.current();
    return state.kind === 'signed-out' ? undefined : state.user;
  });
  readonly role = computed<Role | undefined>(() => this.user()?.role);
  /** Rises with every sign-in: what failed before it is worth another try. */
  readonly generation = signal(0);
  /** Whether the service offers sign-in without a portal. */
  readonly isLocal = this.document.querySelector('meta[name="local-sign-in"]') !== null;

  /** Exchanges the portal's token, if the address has one, or finds the session that is there. */
  async begin(): Promise<void> {
    connectApi({
      csrfToken: () => this.user()?.csrf_token ?? null,
      onUnauthorized: () => this.expire(),
    });
    const { location, defaultView } = this.document;
    const { token, address } = takePortalToken(location.href);
    if (token === undefined) return this.resume('new');
    // At once, whatever becomes of it: addresses are copied, bookmarked and logged.
    defaultView?.history.replaceState(null, '', address);
    await this.settle(call(authExchange({ body: { token } })), 'link-refused');
  }

  /** Looks whether there is a session by now, signed in elsewhere in this browser perhaps. */
  resume(otherwise: SignedOutReason): Promise<void> {
    return this.settle(call(authSession()), otherwise);
  }

  async signInLocally(role: Role, tenantHash?: string): Promise<void> {
    await call(localsigninSignIn({ body: { role, tenant_hash: tenantHash } }));
    await this.resume('unreachable');
  }

  async signOut(): Promise<void> {
    await call(authSignOut()).catch((error: unknown) => {
      // Without a valid session there is nothing left to end.
      if (!(error instanceof ApiProblem && error.status === 401)) throw error;
    });
    clearTimeout(this.expiry);
    this.current.set({ kind: 'signed-out', reason: 'left' });
  }

  private async settle(answer: Promise<SignedInDto>, otherwise: SignedOutReason): Promise<void> {
    try {
      const user = await answer;
      this.current.set({ kind: 'signed-in', user });
      this.generation.update((generation) => generation + 1);
      this.watchExpiry(user);
    } catch (error) {
      const state = this.current();
      if (state.kind === 'expired') return;
      const unreachable = !(error instanceof ApiProblem) || error.status !== 401;
      this.current.set({
        kind: 'signed-out',
        reason: unreachable && otherwise === 'new' ? 'unreachable' : otherwise,
      });
    }
  }

  private watchExpiry({ expires_at }: SignedInDto): void {
    clearTimeout(this.expiry);
    const left = Date.parse(expires_at) - Date.now();
    this.expiry = setTimeout(() => this.expire(), Math.min(Math.max(left, 0), LONGEST_TIMER_MS));
  }

  private expire(): void {
    const state = this.current();
    if (state.kind === 'signed-in') this.current.set({ kind: 'expired', user: state.user });
  }
}
