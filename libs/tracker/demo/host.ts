/** The page around the widget: hosts the SDK, and shows what the query API says of this visit. */
import { createHost } from '../src/index.ts';
import { element, readConfig } from './config.ts';

interface Journey {
  session: { outcome: string; event_count: number; closed_by: string | null };
  steps: { step_number: number; event_type: string; payload: Record<string, unknown> }[];
}

const REFRESH_MS = 500;

function show({ session, steps }: Journey): void {
  const { outcome, event_count, closed_by } = session;
  element('summary').textContent =
    `${event_count} events, outcome so far: ${outcome}${closed_by ? `, closed by ${closed_by}` : ''}`;
  element('steps').replaceChildren(
    ...steps.map(({ step_number, event_type, payload }) => {
      const item = document.createElement('li');
      const details = document.createElement('span');
      details.textContent = ` ${JSON.stringify(payload).slice(0, 90)}`;
      item.append(event_type, details);
      item.value = step_number;
      return item;
    }),
  );
}

async function start(): Promise<void> {
  const { tenant, writeKey, endpoint, widgetUrl } = await readConfig();
  const iframe = element<HTMLIFrameElement>('chat');
  iframe.src = widgetUrl;
  let session = sessionStorage.getItem('demo.session');

  const host = createHost({
    tenant,
    writeKey,
    endpoint,
    iframe,
    // A journey that grows while you watch; the default of 5 s costs less.
    flushMs: 200,
    onWidgetMessage: ({ type, open, session_id }) => {
      if (type !== 'DEMO_WIDGET') return;
      iframe.classList.toggle('open', open === true);
      if (typeof session_id === 'string') {
        session = session_id;
        sessionStorage.setItem('demo.session', session);
      }
    },
  });

  // What a lost connection looks like to the SDK, without unplugging anything.
  const { fetch } = window;
  let offline = false;
  element('offline').addEventListener('click', () => {
    offline = !offline;
    window.fetch = offline ? () => Promise.reject(new TypeError('offline')) : fetch;
    element('offline').textContent = offline ? 'Bring it back' : 'Lose the network';
    if (!offline) window.dispatchEvent(new Event('online'));
  });

  const refresh = async (): Promise<void> => {
    element('state').textContent = `${host.waiting()} events waiting here`;
    if (!session || document.hidden) return;
    const answer = await fetch(`/demo/journey/${session}`);
    if (answer.ok) show((await answer.json()) as Journey);
  };
  setInterval(() => void refresh().catch(() => undefined), REFRESH_MS);
}

void start();
