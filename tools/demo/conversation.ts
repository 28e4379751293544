/** What visitors do in the widget: ask, click, fill in forms, leave. */
import type { JourneyWriter } from './journey-writer.ts';
import type { Cta, Form, Site, Topic } from './site.ts';

/** How a visitor behaves; the numbers beside each are its share in a hundred visitors. */
export const PERSONAS = {
  /** Opens the widget, looks, leaves. */
  glancer: 14,
  /** One to three questions. */
  asker: 28,
  /** Asks, then follows a link or a button. */
  clicker: 18,
  /** Comes for a form and sends it. */
  applicant: 18,
  /** Starts a form and gives up. */
  hesitant: 12,
  /** Help menu, chips, showcases, several topics. */
  explorer: 10,
} as const;

export type Persona = keyof typeof PERSONAS;

const labelled = (ctas: readonly Cta[]) => ctas.map(({ id, label }) => ({ id, label }));

/** The answer to what was said in `step`, as the page and as the backend tell of it. */
function answer(visit: JourneyWriter, topic: Topic, question: string, step: number): void {
  const { random } = visit;
  const text = random.pick(topic.answers);
  const response_time_ms = visit.wait(0.6, 5);
  const ctas_shown = labelled(topic.ctas);
  visit.browser('MESSAGE_RECEIVED', {
    content: text,
    content_length: text.length,
    response_time_ms,
    branch_id: topic.id,
    ctas_shown,
  });
  visit.server('QA_COMPLETE', step, {
    question,
    answer: text,
    routing_tier: random.chance(0.8) ? 'branch' : 'fallback',
    response_time_ms,
    branch_id: topic.id,
    items_in_response: { ctas_shown, links_included: topic.links.map(({ url }) => url) },
  });
  const items = [
    ...topic.ctas.map(({ id }) => ({ item_type: 'cta', item_id: id })),
    ...topic.links.map(({ url }) => ({ item_type: 'link', item_id: url })),
  ];
  if (items.length > 0) visit.browser('ITEMS_SHOWN', { items });
}

function ask(visit: JourneyWriter, topic: Topic): void {
  visit.wait(4, 40);
  const question = visit.random.pick(topic.questions);
  const step = visit.browser('MESSAGE_SENT', {
    content: question,
    content_length: question.length,
  });
  answer(visit, topic, question, step);
}

function chip(visit: JourneyWriter, topic: Topic): void {
  visit.wait(2, 15);
  const step = visit.browser('ACTION_CHIP_CLICKED', {
    chip_id: `chip-${topic.id}`,
    chip_label: topic.chip,
    target_branch: topic.id,
    chip_action: 'show_branch',
  });
  answer(visit, topic, topic.chip, step);
}

function helpMenu(visit: JourneyWriter, site: Site, topic: Topic): void {
  visit.wait(2, 12);
  const prompt_index = visit.random.int(0, site.helpPrompts.length - 1);
  const prompt_text = site.helpPrompts[prompt_index]!;
  const step = visit.browser('HELP_MENU_CLICKED', { prompt_index, prompt_text });
  answer(visit, topic, prompt_text, step);
}

function followLink(visit: JourneyWriter, topic: Topic): void {
  if (topic.links.length === 0) return;
  const { url, label } = visit.random.pick(topic.links);
  visit.wait(4, 30);
  visit.browser('LINK_CLICKED', { url, label, source: 'message', link_domain: new URL(url).host });
}

function clickCta(visit: JourneyWriter, cta: Cta): void {
  visit.wait(3, 25);
  visit.browser('CTA_CLICKED', {
    cta_id: cta.id,
    cta_label: cta.label,
    cta_action: cta.form ? 'open_form' : 'navigate',
    triggers_form: cta.form ?? false,
  });
}

/** The field at which a visitor gives up: hurdles weigh. */
function stumblingBlock(visit: JourneyWriter, form: Form): number {
  let left = visit.random.next() * form.fields.reduce((sum, field) => sum + field.hurdle, 0);
  return form.fields.findIndex(({ hurdle }) => (left -= hurdle) < 0);
}

/** Fills in the fields up to `count`, each perhaps wrong at first. */
function fillIn(visit: JourneyWriter, form: Form, count: number): void {
  for (const [field_index, field] of form.fields.slice(0, count).entries()) {
    visit.wait(2, 25);
    const common = { form_id: form.id, field_id: field.id };
    if (field.error && visit.random.chance(0.12)) {
      visit.browser('FORM_FIELD_REJECTED', { ...common, error: field.error });
      visit.wait(3, 12);
    }
    const { label: field_label, type: field_type } = field;
    visit.browser('FORM_FIELD_SUBMITTED', { ...common, field_label, field_index, field_type });
  }
}

/** @returns whether the visitor said good-bye to the form (an abandon event) or just vanished */
function form(visit: JourneyWriter, { id: form_id, ...rest }: Form, gaveUp: boolean): boolean {
  const { label: form_label, fields } = rest;
  visit.browser('FORM_VIEWED', {
    form_id,
    form_label,
    trigger_source: 'cta',
    field_count: fields.length,
  });
  visit.wait(2, 15);
  const began = visit.elapsedSeconds();
  visit.browser('FORM_STARTED', { form_id, field_count: fields.length });
  const done = gaveUp ? stumblingBlock(visit, { id: form_id, ...rest }) : fields.length;
  fillIn(visit, { id: form_id, ...rest }, done);
  visit.wait(1, gaveUp ? 40 : 6);
  const duration_seconds = visit.elapsedSeconds() - began;
  if (!gaveUp) {
    const submission_id = `sub_${visit.random.int(0x10000000, 0x7fffffff).toString(16)}`;
    const completed = { form_id, form_label, duration_seconds, fields_completed: done };
    visit.browser('FORM_COMPLETED', { ...completed, submission_id });
    return true;
  }
  if (visit.random.chance(0.35)) return false;
  const last = fields[done - 1];
  visit.browser('FORM_ABANDONED', {
    form_id,
    form_label,
    ...(last
      ? { last_field_id: last.id, last_field_label: last.label, last_field_index: done - 1 }
      : {}),
    fields_completed: done,
    total_fields: fields.length,
    duration_seconds,
    reason: visit.random.pick(['closed', 'navigated']),
  });
  return true;
}

function leave(visit: JourneyWriter): void {
  visit.wait(2, 30);
  const way = visit.random.next();
  // The rest ends silently: a closed laptop, a lost connection.
  if (way < 0.5) visit.browser('WIDGET_CLOSED', { dwell_time_seconds: visit.elapsedSeconds() });
  else if (way < 0.75) visit.browser('SESSION_ENDED', { reason: 'page_unload' });
}

function throughForm(visit: JourneyWriter, site: Site, gaveUp: boolean): boolean {
  const ways = site.topics.flatMap((topic) =>
    topic.ctas.flatMap((cta) => {
      const target = site.forms.find(({ id }) => id === cta.form);
      return target ? [{ topic, cta, target }] : [];
    }),
  );
  const { topic, cta, target } = visit.random.pick(ways);
  if (visit.random.chance(0.6)) ask(visit, topic);
  else chip(visit, topic);
  clickCta(visit, cta);
  return form(visit, target, gaveUp);
}

/** A conversation in the widget, from its opening to its end. */
export function converse(visit: JourneyWriter, site: Site, persona: Persona): void {
  const { random } = visit;
  const topic = random.pick(site.topics);
  visit.browser('WIDGET_OPENED', { trigger: random.pick(['button', 'button', 'callout', 'auto']) });
  if (persona !== 'glancer') {
    visit.wait(1, 4);
    visit.browser('CONVERSATION_STARTED', {});
  }
  let saysGoodbye = true;
  switch (persona) {
    case 'glancer':
      break;
    case 'asker':
      for (let left = random.int(1, 3); left > 0; left -= 1) ask(visit, random.pick(site.topics));
      break;
    case 'clicker': {
      ask(visit, topic);
      const plain = topic.ctas.filter((cta) => !cta.form);
      if (plain.length > 0 && random.chance(0.5)) clickCta(visit, random.pick(plain));
      else followLink(visit, topic);
      break;
    }
    case 'applicant':
      saysGoodbye = throughForm(visit, site, false);
      break;
    case 'hesitant':
      saysGoodbye = throughForm(visit, site, true);
      break;
    case 'explorer':
      helpMenu(visit, site, topic);
      for (const next of random.shuffle(site.topics).slice(0, random.int(1, 3))) chip(visit, next);
      if (random.chance(0.6)) {
        visit.wait(3, 20);
        const showcase_id = random.pick(site.showcases);
        visit.browser('SHOWCASE_CTA_CLICKED', { showcase_id, cta_type: 'learn_more' });
      }
      if (random.chance(0.4)) followLink(visit, topic);
      break;
  }
  if (saysGoodbye) leave(visit);
}
