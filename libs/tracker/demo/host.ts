/** The page around the widget: hosts the SDK, and shows what the query API says of this visit. */
import { createHost } from '../src/index.ts';
import { element, readConfig } from './config.ts';

interface Step {
  event_id: string;
  step_number: number;
  event_type: string;
  timestamp: string;
  payload: Record<string, unknown>;
}

interface Journey {
  session: {
    outcome: string;
    event_count: number;
    closed_by: string | null;
    attribution: { source?: string; medium?: string } | null;
  };
  steps: Step[];
}

const REFRESH_MS = 500;

/** By the beginning of the event's type. */
const KINDS: readonly [beginning: RegExp, kind: string][] = [
  [/^(WIDGET|SESSION)/, 'widget'],
  [/^(MESSAGE|QA|CONVERSATION)/, 'message'],
  [/^FORM/, 'form'],
  [/CLICKED$/, 'click'],
];

/** What says most about an event, in this order. */
const TELLING = [
  'error',
  'last_field_label',
  'field_label',
  'form_label',
  'form_id',
  'content',
  'answer',
  'chip_label',
  'cta_label',
  'label',
  'prompt_text',
  'trigger',
  'reason',
];

const made = (tag: string, className: string, text: string): HTMLElement => {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
};

const describe = ({ payload }: Step): string => {
  const { items, dwell_time_seconds } = payload;
  if (Array.isArray(items)) {
    return (items as { item_id: string }[]).map(({ item_id }) => item_id).join(', ');
  }
  if (typeof dwell_time_seconds === 'number') return `after ${dwell_time_seconds} s`;
  const name = TELLING.find((each) => payload[each] !== undefined);
  return name ? String(payload[name]) : '';
};

function show({ session, steps }: Journey): void {
  const { outcome, event_count, closed_by, attribution } = session;
  const { source, medium } = attribution ?? {};
  element('summary').textContent = [
    `${event_count} events, outcome so far: ${outcome}`,
    ...(closed_by ? [`closed by ${closed_by}`] : []),
    ...(source ? [`came by ${source} / ${medium ?? 'none'}`] : []),
  ].join(', ');
  element('steps').replaceChildren(
    ...steps.map((step) => {
      const { event_type, step_number, timestamp } = step;
      const item = made('li', '', '');
      item.dataset.kind = KINDS.find(([beginning]) => beginning.test(event_type))?.[1] ?? '';
      item.append(
        made('span', 'step', String(step_number)),
        made('code', '', event_type),
        made('time', '', new Date(timestamp).toLocaleTimeString()),
        made('span', 'details', describe(step)),
      );
      return item;
    }),
  );
}

async function start(): Promise<void> {
  const { tenant, writeKey, endpoint, widgetUrl } = await readConfig();
  const iframe = element<HTMLIFrameElement>('chat');
  iframe.src = widgetUrl;
  let session = sessionStorage.getItem('demo.session');
  let shown = '';

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
    const journey = answer.status === 200 ? await answer.text() : shown;
    if (journey === shown) return;
    shown = journey;
    show(JSON.parse(journey) as Journey);
  };
  setInterval(() => void refresh().catch(() => undefined), REFRESH_MS);
}

void start();
