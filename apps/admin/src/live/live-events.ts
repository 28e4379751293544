import { client } from '../api/generated/client.gen.ts';
import type { LiveLiveData, SessionSummaryDto } from '../api/generated/index.ts';

/** Today so far, in the tenant's time zone. */
export interface Counters {
  /** `yyyy-mm-dd` */
  day: string;
  sessions: number;
  open_sessions: number;
  conversations: number;
  messages: number;
  visits: number;
  completed: number;
  as_of: string;
}

/** What `GET /analytics/live/{tenant}` tells; the description of the API knows no events. */
export type LiveEvent =
  | { event: 'summary'; data: { version: number; summary: SessionSummaryDto } }
  | { event: 'counters'; data: Counters }
  /** Events may be missing: read anew. */
  | { event: 'reset' }
  | { event: 'expired' };

export interface Listener {
  /** The connection stands; also said with every sign of life. */
  onAlive(): void;
  onEvent(event: LiveEvent): void;
  /** Where a later connection may go on. */
  onPosition(id: string): void;
}

const URL: LiveLiveData['url'] = '/analytics/live/{tenant}';
/** The service gives a sign of life every 15 seconds. */
const SILENT_MS = 40_000;

/**
 * Listens until the connection ends, whoever ends it.
 * @param lastEventId resumes behind it
 */
export async function listen(
  tenant: string,
  lastEventId: string | undefined,
  signal: AbortSignal,
  listener: Listener,
): Promise<void> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENT_MS);
  const { stream } = await client.sse.get<LiveEvent>({
    url: URL,
    path: { tenant },
    headers: lastEventId === undefined ? {} : { 'last-event-id': lastEventId },
    signal: AbortSignal.any([signal, silence.signal]),
    // When to come back is the caller's to say.
    sseMaxRetryAttempts: 1,
    onSseEvent: ({ event, data, id }) => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENT_MS);
      listener.onAlive();
      if (id !== undefined) listener.onPosition(id);
      if (event !== undefined) listener.onEvent({ event, data } as unknown as LiveEvent);
    },
  });
  try {
    // The callback has had every event by the time that it arrives here.
    for await (const _ of stream);
  } finally {
    clearTimeout(timer);
  }
}
