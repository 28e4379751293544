import { CdkTrapFocus } from '@angular/cdk/a11y';
import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { Clock } from 'lucide';
import { Session } from '../session/session.ts';
import { Icon } from '../ui/icon.ts';

/** The session has ended. What is on the page stays, and goes on once somebody is signed in again. */
@Component({
  selector: 'uja-session-notice',
  imports: [CdkTrapFocus, Icon],
  template: `
    <div
      class="card"
      role="alertdialog"
      aria-modal="true"
      aria-labelledby="session-notice-title"
      aria-describedby="session-notice-text"
      cdkTrapFocus
      cdkTrapFocusAutoCapture
    >
      <ui-icon class="symbol" [icon]="icons.Clock" />
      <h2 id="session-notice-title">Your session has ended</h2>
      <p id="session-notice-text">
        @if (session.isLocal) {
          Sign in again, and this page goes on where it is.
        } @else {
          Open the console from the customer portal in another tab, then come back here. This page
          stays as it is.
        }
      </p>
      @if (stillEnded()) {
        <p class="still" role="status">There is no new session yet.</p>
      }
      <div class="actions">
        <button type="button" class="button primary" (click)="goOn()">
          {{ session.isLocal ? 'Sign in again' : 'I am signed in again' }}
        </button>
        <button type="button" class="button" (click)="session.signOut()">Leave</button>
      </div>
    </div>
  `,
  styleUrl: './session-notice.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SessionNotice {
  protected readonly session = inject(Session);
  protected readonly stillEnded = signal(false);
  protected readonly icons = { Clock };

  protected async goOn(): Promise<void> {
    this.stillEnded.set(false);
    const user = this.session.user();
    if (this.session.isLocal && user)
      await this.session.signInLocally(user.role, user.tenant_hash ?? undefined);
    else await this.session.resume('unreachable');
    this.stillEnded.set(this.session.state().kind === 'expired');
  }
}
