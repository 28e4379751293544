/** A session's summary, as tables keep it, SUMMARIES carries it and the API answers it. */

export type Outcome =
  | 'form_completed'
  | 'form_abandoned'
  | 'link_clicked'
  | 'cta_clicked'
  | 'conversation'
  | 'browsing';

export const OUTCOMES: readonly Outcome[] = [
  'form_completed',
  'form_abandoned',
  'link_clicked',
  'cta_clicked',
  'conversation',
  'browsing',
];

/** null while the session is open. */
export type ClosedBy = 'client' | 'unload' | 'timeout' | null;

export interface FormCounts {
  views: number;
  starts: number;
  completions: number;
  abandons: number;
  /** Milliseconds, completed attempts only. */
  duration_ms_sum: number;
}

/** The session's first non-empty attribution with the traffic source it amounts to. */
export interface SessionAttribution {
  source: string;
  medium: string;
  [key: string]: unknown;
}

/** `[form_id, field_id or null, abandons charged to it]` */
export type Bottleneck = [string, string | null, number];

/** What the events of a session called an item, a form or a field. */
export interface ItemName {
  label?: string;
  /** Of links. */
  category?: string;
  /** Of fields: their type. */
  kind?: string;
}

export interface SessionSummary {
  session_id: string;
  tenant_hash: string;
  /** `page_view`: a `pv_…` session that holds nothing but page views; no figure but visits counts it. */
  kind: 'session' | 'page_view';
  traffic: 'visitor' | 'bot' | 'own';
  /** ISO 8601, client time plus the session's skew. */
  started_at: string;
  ended_at: string;
  duration_ms: number;
  event_count: number;
  message_count: number;
  user_message_count: number;
  bot_message_count: number;
  response_time_ms_sum: number;
  response_count: number;
  /** Distinct branch ids in order of first appearance. */
  topics: string[];
  /** At most 500 characters. */
  first_question: string | null;
  /** `{type}#{id}` → clicks; at most 500 keys. */
  clicks: Record<string, number>;
  /** `{type}#{id}` → times shown; at most 500 keys, fewer beside hundreds of very long clicks. */
  shown: Record<string, number>;
  forms: Record<string, FormCounts>;
  /**
   * Names of what was clicked (by item key), of forms (`form#{id}`) and of the fields that they
   * were left at (`field#{form id}#{field id}`), where they differ from the id. Absent without any.
   */
  labels?: Record<string, ItemName>;
  bottlenecks: Bottleneck[];
  outcome: Outcome;
  opened: boolean;
  /** Coded steps in order, at most 200. */
  path: string[];
  attribution: SessionAttribution;
  context: Record<string, unknown> | null;
  ga_client_id: string | null;
  closed_by: ClosedBy;
  /** Rises only when content changed after the session had been final. */
  revision: number;
  /** Events sent but never arrived (gaps in the sequence numbers); null without numbers. */
  missing: number | null;
  /** What was added to client times. */
  skew_ms: number;
}

/** Body of a message on SUMMARIES: a summary was written, new or revised. */
export interface SummaryNotice {
  v: 1;
  /** Version of the session's row; rises with every write. */
  version: number;
  summary: SessionSummary;
}
