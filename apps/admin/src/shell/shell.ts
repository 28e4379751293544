import { CdkMenu, CdkMenuItem, CdkMenuItemRadio, CdkMenuTrigger } from '@angular/cdk/menu';
import {
  ChangeDetectionStrategy,
  Component,
  computed,
  DOCUMENT,
  effect,
  inject,
} from '@angular/core';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { Check, ChevronsUpDown, LogOut, Monitor, Moon, Sun } from 'lucide';
import { Session } from '../session/session.ts';
import { CurrentTenant } from '../session/tenant.ts';
import { Icon } from '../ui/icon.ts';
import { ShowActive } from '../ui/show-active.ts';
import { NAVIGATION } from './navigation.ts';
import { NotFoundPage } from './not-found-page.ts';
import { pageRules } from './page-rules.ts';
import { SessionNotice } from './session-notice.ts';
import { TenantChooser } from './tenant-chooser.ts';
import { Theme, type ThemeName } from './theme.ts';

const ROLES = { viewer: 'Viewer', admin: 'Admin', ops: 'Operator' } as const;

/** What stands around every page. */
@Component({
  selector: 'uja-shell',
  imports: [
    CdkMenu,
    CdkMenuItem,
    CdkMenuItemRadio,
    CdkMenuTrigger,
    Icon,
    NotFoundPage,
    RouterLink,
    RouterLinkActive,
    RouterOutlet,
    SessionNotice,
    ShowActive,
    TenantChooser,
  ],
  templateUrl: './shell.html',
  styleUrl: './shell.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Shell {
  protected readonly session = inject(Session);
  protected readonly tenant = inject(CurrentTenant);
  protected readonly theme = inject(Theme);

  /** Pages that are not for this role are not there. */
  protected readonly rules = pageRules();
  protected readonly isAllowed = computed(() => {
    const roles = this.rules()?.roles;
    const role = this.session.role();
    return !roles || (role !== undefined && roles.includes(role));
  });
  protected readonly entries = computed(() => {
    const role = this.session.role();
    return NAVIGATION.filter(({ roles }) => !roles || (role && roles.includes(role)));
  });
  protected readonly roleName = computed(() => {
    const role = this.session.role();
    return role ? ROLES[role] : '';
  });
  private readonly root = inject(DOCUMENT).documentElement;

  constructor() {
    // Every accent follows from it: see tokens.css.
    effect(() => {
      const accent = this.tenant.accent();
      if (accent) this.root.style.setProperty('--brand', accent);
      else this.root.style.removeProperty('--brand');
    });
  }

  /** The tenant stays in the address when an operator changes the page. */
  protected readonly kept = computed(() =>
    this.tenant.isNamed() ? { tenant: this.tenant.hash() } : {},
  );
  protected readonly themes: { name: ThemeName; label: string; icon: typeof Sun }[] = [
    { name: 'system', label: 'As the system', icon: Monitor },
    { name: 'light', label: 'Light', icon: Sun },
    { name: 'dark', label: 'Dark', icon: Moon },
  ];
  protected readonly icons = { Check, ChevronsUpDown, LogOut };
}
