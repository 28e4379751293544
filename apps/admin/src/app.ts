import { Component, inject } from '@angular/core';
import { Session } from './session/session.ts';
import { Shell } from './shell/shell.ts';
import { SignInPage } from './sign-in/sign-in-page.ts';

/** Signed out, any address shows the way in and stays as it is: signing in leads on to it. */
@Component({
  selector: 'uja-root',
  imports: [Shell, SignInPage],
  template: `
    @switch (session.state().kind) {
      @case ('signed-out') {
        <uja-sign-in-page />
      }
      @default {
        <uja-shell />
      }
    }
  `,
})
export class App {
  protected readonly session = inject(Session);
}
