import { DOCUMENT, effect, inject, Service, signal } from '@angular/core';

export const THEMES = ['system', 'light', 'dark'] as const;
export type ThemeName = (typeof THEMES)[number];

const KEY = 'theme';

/** Light, dark, or whatever the system says; remembered in this browser. */
@Service()
export class Theme {
  private readonly root = inject(DOCUMENT).documentElement;
  private readonly storage = inject(DOCUMENT).defaultView?.localStorage;

  readonly chosen = signal<ThemeName>(
    THEMES.find((name) => name === this.storage?.getItem(KEY)) ?? 'system',
  );

  constructor() {
    effect(() => {
      const name = this.chosen();
      if (name === 'system') this.root.removeAttribute('data-theme');
      else this.root.setAttribute('data-theme', name);
      this.storage?.setItem(KEY, name);
    });
  }
}
