/** What a form's field asks for, as far as its id, label or type give it away. */
export type FieldKind =
  | 'background_check'
  | 'consent'
  | 'identity'
  | 'reference'
  | 'payment'
  | 'phone'
  | 'email'
  | 'address'
  | 'age'
  | 'date'
  | 'upload'
  | 'long_text'
  | 'name';

/** The first that matches names the kind: `email address` is no address, `reference's phone` no phone. */
const KINDS: readonly [FieldKind, RegExp][] = [
  ['background_check', /\b(background|criminal|police|dbs|crb|conviction|felony)\b/],
  ['consent', /\b(consents?|agree(ment)?|terms|privacy|gdpr|waiver|opt in|permission)\b/],
  ['identity', /\b(ssn|social security|passport|national id|id number|licen[cs]e|tax id)\b/],
  ['reference', /\b(references?|referees?)\b/],
  ['payment', /\b(payment|card|iban|bank|account|amount|donation|price|salary|income)\b/],
  ['phone', /\b(phone|tel|telephone|mobile|cell)\b/],
  ['email', /\be ?mail\b/],
  ['address', /\b(address|street|postcode|post code|postal|zip|city|town|county)\b/],
  ['age', /\b(age|birth|birthday|birthdate|dob|years old)\b/],
  ['date', /\b(date|day|time|when|availability|schedule)\b/],
  ['upload', /\b(upload|file|attachment|resume|cv|document|photo)\b/],
  ['long_text', /\b(textarea|essay|why|describe|explain|comments?|message|motivation)\b/],
  ['name', /\bname\b/],
];

const ADVICE: Readonly<Record<FieldKind, string>> = {
  background_check:
    'Say early that a check is part of it, why it is needed and who pays, and ask for it only after the form is sent.',
  consent: 'Put the point in one plain sentence and link the full text instead of showing it here.',
  identity:
    'Explain why the number is needed and how it is protected, or ask for it after the first contact.',
  reference: 'Let people send the form first and name their references later.',
  payment:
    'Show the total and the safety of the payment before asking for it, and offer a second way.',
  phone: 'Make the number optional or say what it is used for; accept any way of writing it.',
  email: 'Say what will be sent and how often, and point out typing errors at once.',
  address: 'Ask for the postcode alone, or complete the address while it is typed.',
  age: 'Say the age limit before the form begins, and ask for a range instead of the birth date.',
  date: 'Offer a few dates to choose from, and a way to say that none of them fits.',
  upload: 'Allow sending the form without the file and handing it in later.',
  long_text: 'Make the answer optional or show a short example; long answers go better by message.',
  name: 'Ask for one name in one field, late in the form, once people know what they get.',
};

export interface FieldAdvice {
  kind: FieldKind;
  advice: string;
}

/**
 * How to lose fewer people at a field; null where its kind is not known.
 *
 * @param hints the field's configured type, its id, its label: what is known of it
 */
export function fieldAdvice(hints: readonly (string | null | undefined)[]): FieldAdvice | null {
  const text = hints
    .map((hint) => hint ?? '')
    .join(' | ')
    // Words of ids: `lastFieldName`, `last_field-name`.
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/[_\-.]+/g, ' ')
    .toLowerCase();
  const kind = KINDS.find(([, pattern]) => pattern.test(text))?.[0];
  return kind === undefined ? null : { kind, advice: ADVICE[kind] };
}
