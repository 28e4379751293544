/** Where a visit came from, read from the page's address, its referrer and Google's own cookie. */
import { parseUrl } from './store.ts';

export interface Attribution {
  utm_source?: string;
  utm_medium?: string;
  utm_campaign?: string;
  utm_term?: string;
  utm_content?: string;
  gclid?: string;
  fbclid?: string;
  /** Without query and fragment, which are nobody's business. Another host's only. */
  referrer?: string;
  landing_page?: string;
}

const CAMPAIGN = /^(utm_(source|medium|campaign|term|content)|gclid|fbclid)$/;
const LONGEST = 500;

/** @param referrer `document.referrer`; empty without one */
export function attributionOf(href: string, referrer: string): Attribution {
  const page = new URL(href);
  const attribution: Record<string, string> = {};
  page.searchParams.forEach((value, name) => {
    if (CAMPAIGN.test(name) && value) attribution[name] ??= value.slice(0, LONGEST);
  });
  const bare = (url: string): string => url.split(/[?#]/)[0]!.slice(0, LONGEST);
  if (referrer && parseUrl(referrer)?.host !== page.host) attribution.referrer = bare(referrer);
  attribution.landing_page = bare(href);
  return attribution;
}

/** Whether the address itself names a campaign: that is a new reason to be here. */
export const hasCampaign = (attribution: Attribution): boolean =>
  Object.keys(attribution).some((name) => CAMPAIGN.test(name));

/** The client id in Google Analytics' cookie (`GA1.2.<id>.<time>`), which is only read. */
export const gaClientId = (cookies: string): string | undefined =>
  /(?:^|;\s*)_ga=GA\d\.[\d-]+\.(\d+\.\d+)/.exec(cookies)?.[1];
