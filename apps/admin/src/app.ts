import { Component, inject } from '@angular/core';
import { DownloadTray } from './exports/download-tray.ts';
import { Session } from './session/session.ts';
import { Shell } from './shell/shell.ts';
import { SignInPage } from './sign-in/sign-in-page.ts';

/** Signed out, any address shows the way in and stays as it is: signing in leads on to it. */
@Component({
  selector: 'uja-root',
  imports: [DownloadTray, Shell, SignInPage],
  template: `
    @switch (session.state().kind) {
      @case ('signed-out') {
        <uja-sign-in-page />
      }
      @default {
        <uja-shell />
        <uja-download-tray />
      }
    }
  `,
})
export class App {
  protected readonly session = inject(Session);
}
