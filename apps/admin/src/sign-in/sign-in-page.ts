import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  resource,
  signal,
} from '@angular/core';
import { Eye, KeyRound, Wrench } from 'lucide';
import { call } from '../api/api.ts';
import { localsigninList } from '../api/generated/index.ts';
import { Session, type Role, type SignedOutReason } from '../session/session.ts';
import { Icon } from '../ui/icon.ts';
import { loadable } from '../ui/loadable.ts';
import { StateView } from '../ui/state.ts';
import { wantedSignIn } from './wanted-sign-in.ts';

const WORDS: Record<SignedOutReason, string> = {
  new: 'Open it from your customer portal: its link signs you in.',
  'link-refused': 'This link is not valid any more. Open the console from your portal once again.',
  left: 'You are signed out of this browser. Open the console from your portal to come back.',
  unreachable: 'The service cannot be reached at the moment. Try again in a minute.',
};

/** Shown at any address while nobody is signed in. */
@Component({
  selector: 'uja-sign-in-page',
  imports: [Icon, StateView],
  templateUrl: './sign-in-page.html',
  styleUrl: './sign-in-page.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SignInPage {
  protected readonly session = inject(Session);

  protected readonly words = computed(() => {
    const state = this.session.state();
    return state.kind === 'signed-out' ? WORDS[state.reason] : '';
  });
  protected readonly failed = signal(false);

  private readonly local = resource({
    params: () => (this.session.isLocal ? true : undefined),
    loader: async ({ abortSignal }) =>
      (await call(localsigninList({ signal: abortSignal }))).tenants,
  });
  protected readonly tenants = loadable(this.local, { isEmpty: (tenants) => tenants.length === 0 });
  protected readonly icons = { Eye, KeyRound, Wrench };

  constructor() {
    const wanted = this.session.isLocal ? wantedSignIn(location.href) : undefined;
    if (!wanted) return;
    history.replaceState(null, '', wanted.address);
    void this.signIn(wanted.role, wanted.tenantHash);
  }

  protected async signIn(role: Role, tenantHash?: string): Promise<void> {
    this.failed.set(false);
    await this.session.signInLocally(role, tenantHash).catch(() => this.failed.set(true));
  }

  protected reload(): void {
    this.local.reload();
  }
}
