/** A small chat widget that tracks what a real one should. */
import { createTracker } from '../src/index.ts';
import { element, readConfig } from './config.ts';

interface Reply {
  text: string;
  branch_id: string;
  chips: { chip_id: string; chip_label: string }[];
  cta?: { cta_id: string; cta_label: string; form_id: string };
  link?: { url: string; label: string };
}

const FORM = { form_id: 'volunteer_application', form_label: 'Volunteer application' };
const FIELDS = [
  { field_id: 'name', field_label: 'Your name', isValid: (value: string) => value.trim() !== '' },
  { field_id: 'email', field_label: 'E-mail', isValid: (value: string) => /.+@.+/.test(value) },
];

const button = (label: string, onClick: () => void): HTMLButtonElement => {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = label;
  made.addEventListener('click', onClick);
  return made;
};

const valueOf = (form: HTMLFormElement, name: string): string =>
  (form.elements.namedItem(name) as HTMLInputElement).value;

async function start(): Promise<void> {
  const { tenant } = await readConfig();
  const tracker = createTracker({ tenant });
  const panel = element('panel');
  const application = element<HTMLFormElement>('application');
  const composer = element<HTMLFormElement>('composer');
  let conversing = false;
  /** The attempt at the form that is under way. */
  let attempt: { startedMs: number; done: number } | undefined;

  const tellPage = (): void => {
    const message = { type: 'DEMO_WIDGET', open: !panel.hidden, ...tracker.session() };
    parent.postMessage(message, new URL(document.referrer).origin);
  };
  const track: typeof tracker.track = (type, payload) => {
    const tracked = tracker.track(type, payload);
    tellPage();
    return tracked;
  };
  const say = (text: string, mine = false): void => {
    const line = document.createElement('p');
    line.textContent = text;
    line.classList.toggle('mine', mine);
    element('messages').append(line);
    line.scrollIntoView();
  };

  const abandonForm = (reason: 'closed' | 'navigated'): void => {
    if (!attempt) return;
    const last = FIELDS[attempt.done - 1];
    track('FORM_ABANDONED', {
      ...FORM,
      ...(last && { last_field_id: last.field_id, last_field_label: last.field_label }),
      last_field_index: attempt.done - 1,
      fields_completed: attempt.done,
      total_fields: FIELDS.length,
      duration_seconds: Math.round((Date.now() - attempt.startedMs) / 1_000),
      reason,
    });
    attempt = undefined;
    application.hidden = true;
  };

  const openForm = (): void => {
    application.reset();
    application.hidden = false;
    track('FORM_VIEWED', { ...FORM, trigger_source: 'cta', field_count: FIELDS.length });
  };

  const offer = ({ chips, cta, link }: Reply): void => {
    const shown = [
      ...chips.map(({ chip_id }) => ({ item_type: 'action_chip', item_id: chip_id })),
      ...(cta ? [{ item_type: 'cta', item_id: cta.cta_id }] : []),
      ...(link ? [{ item_type: 'link', item_id: link.url }] : []),
    ];
    const buttons = chips.map((chip) =>
      button(chip.chip_label, () => {
        track('ACTION_CHIP_CLICKED', { ...chip, target_branch: chip.chip_id });
        void ask(chip.chip_label);
      }),
    );
    if (cta) {
      buttons.push(
        button(cta.cta_label, () => {
          const { cta_id, cta_label, form_id } = cta;
          track('CTA_CLICKED', {
            cta_id,
            cta_label,
            cta_action: 'start_form',
            triggers_form: form_id,
          });
          openForm();
        }),
      );
    }
    element('chips').replaceChildren(...buttons);
    if (link) {
      const anchor = document.createElement('a');
      anchor.href = link.url;
      anchor.target = '_blank';
      anchor.rel = 'noopener';
      anchor.textContent = link.label;
      anchor.addEventListener('click', () => {
        track('LINK_CLICKED', {
          url: link.url,
          label: link.label,
          link_domain: new URL(link.url).hostname,
        });
      });
      element('chips').append(anchor);
    }
    track('ITEMS_SHOWN', { items: shown });
  };

  const ask = async (question: string): Promise<void> => {
    if (!conversing) track('CONVERSATION_STARTED', {});
    conversing = true;
    say(question, true);
    const sent = track('MESSAGE_SENT', { content: question, content_length: question.length });
    const askedMs = Date.now();
    const body = JSON.stringify({ question, ...sent });
    const reply = (await (await fetch('/demo/chat', { method: 'POST', body })).json()) as Reply;
    say(reply.text);
    track('MESSAGE_RECEIVED', {
      content: reply.text,
      content_length: reply.text.length,
      response_time_ms: Date.now() - askedMs,
      branch_id: reply.branch_id,
      ctas_shown: reply.cta ? [reply.cta.cta_id] : [],
    });
    offer(reply);
  };

  const setOpen = (open: boolean): void => {
    panel.hidden = !open;
    element('launcher').hidden = open;
    element('launcher').setAttribute('aria-expanded', String(open));
    if (open) tracker.opened('button');
    else {
      abandonForm('closed');
      tracker.closed();
    }
    tellPage();
  };

  element('launcher').addEventListener('click', () => setOpen(true));
  element('close').addEventListener('click', () => setOpen(false));
  element('help').addEventListener('click', () => {
    track('HELP_MENU_CLICKED', { prompt_index: 0, prompt_text: 'What can you do?' });
    void ask('What can you do?');
  });
  composer.addEventListener('submit', (event) => {
    event.preventDefault();
    const question = valueOf(composer, 'question').trim();
    composer.reset();
    if (question) void ask(question);
  });

  application.addEventListener('focusin', () => {
    if (attempt) return;
    attempt = { startedMs: Date.now(), done: 0 };
    track('FORM_STARTED', { form_id: FORM.form_id, field_count: FIELDS.length });
  });
  application.addEventListener('change', ({ target }) => {
    const { name, value } = target as HTMLInputElement;
    const index = FIELDS.findIndex(({ field_id }) => field_id === name);
    const field = FIELDS[index];
    if (!field || !attempt) return;
    const { field_id, field_label } = field;
    if (field.isValid(value)) {
      attempt.done = Math.max(attempt.done, index + 1);
      element('problem').textContent = '';
      const { form_id } = FORM;
      track('FORM_FIELD_SUBMITTED', { form_id, field_id, field_label, field_index: index });
    } else {
      element('problem').textContent = `Please check: ${field_label}`;
      track('FORM_FIELD_REJECTED', { form_id: FORM.form_id, field_id, error: 'invalid' });
    }
  });
  application.addEventListener('submit', (event) => {
    event.preventDefault();
    const wrong = FIELDS.find(({ field_id, isValid }) => !isValid(valueOf(application, field_id)));
    if (wrong || !attempt) {
      element('problem').textContent = `Please check: ${(wrong ?? FIELDS[0]!).field_label}`;
      return;
    }
    track('FORM_COMPLETED', {
      ...FORM,
      duration_seconds: Math.round((Date.now() - attempt.startedMs) / 1_000),
      fields_completed: FIELDS.length,
    });
    attempt = undefined;
    application.hidden = true;
    say('Thank you! We will be in touch.');
  });
  element('cancel').addEventListener('click', () => {
    abandonForm('closed');
    application.hidden = true;
  });
  window.addEventListener('pagehide', () => abandonForm('navigated'));
  tellPage();
}

void start();
