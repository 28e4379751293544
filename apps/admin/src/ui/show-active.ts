import { afterNextRender, Directive, ElementRef, inject, Injector } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router } from '@angular/router';
import { filter, startWith } from 'rxjs';

/** A row of links that is too long for the screen shows the one that is active. */
@Directive({ selector: '[uiShowActive]' })
export class ShowActive {
  constructor() {
    const host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    const injector = inject(Injector);
    inject(Router)
      .events.pipe(
        filter((event) => event instanceof NavigationEnd),
        startWith(null),
        takeUntilDestroyed(),
      )
      .subscribe(() =>
        afterNextRender(
          // The links learn a moment later which of them is active.
          () =>
            setTimeout(() => {
              const active = host.querySelector<HTMLElement>('.active');
              if (!active) return;
              const middle = (host.clientWidth - active.offsetWidth) / 2;
              host.scrollLeft = active.offsetLeft - host.offsetLeft - middle;
            }),
          { injector },
        ),
      );
  }
}
