/** What the demo's journeys are made of: an organisation, its topics, its forms, its visitors. */

export interface Cta {
  id: string;
  label: string;
  /** The form that it opens; otherwise it leads to a page. */
  form?: string;
}

export interface Link {
  url: string;
  label: string;
}

export interface Topic {
  /** Branch id, as the chat backend names it. */
  id: string;
  /** Label of the chip that leads here. */
  chip: string;
  questions: readonly string[];
  answers: readonly string[];
  ctas: readonly Cta[];
  links: readonly Link[];
}

export interface FormField {
  id: string;
  label: string;
  type: 'text' | 'email' | 'phone' | 'date' | 'select' | 'textarea';
  /** What is said about a bad entry; fields without it take anything. */
  error?: string;
  /** How likely a hesitant visitor gives up here, relative to the other fields. */
  hurdle: number;
}

export interface Form {
  id: string;
  label: string;
  fields: readonly FormField[];
}

export interface Source {
  weight: number;
  attribution: Record<string, string>;
}

/** More visitors than usual for some days, most of the additional ones from one source. */
export interface Campaign {
  /** When it began, days before the end of the demo's past. */
  daysAgo: number;
  days: number;
  /** How many times as many visitors come. */
  lift: number;
  attribution: Record<string, string>;
}

export interface Site {
  tenant_hash: string;
  name: string;
  origin: string;
  time_zone: string;
  /** Share of the visitors, relative to the other sites. */
  weight: number;
  pages: readonly string[];
  helpPrompts: readonly string[];
  showcases: readonly string[];
  topics: readonly Topic[];
  forms: readonly Form[];
  sources: readonly Source[];
  campaigns: readonly Campaign[];
  /** Share of the site's visitors who open the widget. */
  engagement: number;
  /** What a completed form is worth, by form id. */
  goals: { currency: string; values: Readonly<Record<string, number>> };
}
