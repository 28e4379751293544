import { readable } from '../ui/format.ts';

const MEDIA: Record<string, string> = {
  cpc: 'paid search',
  paid: 'paid',
  organic: 'search',
  referral: 'referral',
  social: 'social',
  email: 'e-mail',
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** "Google · search", "Direct" */
export function sourceLabel({ source, medium }: Record<string, unknown>): string {
  const [from, way] = [text(source), text(medium)];
  if (from === '' || from === 'direct' || from === '(direct)') return 'Direct';
  const name = from.includes('.') ? from : readable(from);
  return way === '' || way === 'none' || way === '(none)' ? name : `${name} · ${MEDIA[way] ?? way}`;
}

/** What else is known of where a visitor came from, as label and value. */
export function attributionFacts(attribution: Record<string, unknown>): [string, string][] {
  const known: [string, string][] = [
    ['Campaign', text(attribution['utm_campaign'])],
    ['Term', text(attribution['utm_term'])],
    ['Content', text(attribution['utm_content'])],
    ['Referrer', text(attribution['referrer'])],
    ['Landing page', text(attribution['landing_page'])],
  ];
  return known.filter(([, value]) => value !== '');
}
