/**
 * The script-tag build. Its one global is `PicassoTracker`.
 *
 * With `data-tenant`, `data-write-key` and `data-endpoint` on the script tag the host starts by
 * itself, as `PicassoTracker.host`: pages whose content security policy forbids inline scripts need
 * no other line. `data-iframe` is a selector of the widget's frame (`iframe[data-picasso]` without it),
 * `data-consent="required"` waits for `PicassoTracker.host.consent(true)`.
 */
import { createHost, type Host } from './host.ts';
import { attempt } from './store.ts';
import { createTracker } from './tracker.ts';

interface PicassoTracker {
  createHost: typeof createHost;
  createTracker: typeof createTracker;
  host?: Host;
}

declare global {
  interface Window {
    PicassoTracker?: PicassoTracker;
  }
}

// A page that has the tag twice keeps the first.
if (!window.PicassoTracker) {
  const sdk: PicassoTracker = { createHost, createTracker };
  window.PicassoTracker = sdk;
  const { dataset } = (document.currentScript ?? {}) as Partial<HTMLScriptElement>;
  if (dataset?.writeKey) {
    sdk.host = createHost({
      ...(dataset as { tenant: string; writeKey: string; endpoint: string }),
      consent: dataset.consent !== 'required',
      iframe: attempt(() =>
        document.querySelector<HTMLIFrameElement>(dataset.iframe ?? 'iframe[data-picasso]'),
      ),
    });
  }
}
