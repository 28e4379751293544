/** Both halves in the page that is in front. */
import type { TrackerReport } from './half.ts';
import { createHost, type Host, type HostOptions } from './host.ts';
import { createTracker, type Tracker, type TrackerOptions } from './tracker.ts';

export interface LoadedPage {
  host: Host;
  tracker: Tracker;
  reports: TrackerReport[];
}

export const load = (options: Partial<HostOptions> & Partial<TrackerOptions> = {}): LoadedPage => {
  const reports: TrackerReport[] = [];
  const common = {
    tenant: 't1',
    endpoint: 'https://ingest.example/',
    writeKey: 'key',
    onReport: (report: TrackerReport) => void reports.push(report),
    ...options,
  };
  const host = createHost(common);
  return { host, tracker: createTracker({ ...common, host }), reports };
};

/** A payload of LINK_CLICKED. */
export const LINK = { url: 'https://example.org/apply' };

export const typesOf = (events: { event_type: string }[]): string[] =>
  events.map(({ event_type }) => event_type);
