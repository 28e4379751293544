/**
 * The library of visits that load and benchmarks play: real dialogues where they lie beside the
 * workspace, else journeys of the demo generator.
 */
import { join, resolve } from 'node:path';
import { conversation, pickSite } from '../demo/generate.ts';
import type { DemoEvent } from '../demo/journey-writer.ts';
import { createRandom } from '../harness/random.ts';
import { WORKSPACE } from '../harness/workspace.ts';
import { readDialogues, type Dialogue } from '../replay/dialogues.ts';

/** An event as `load/plan.ts` reads it. */
export interface VisitEvent {
  /** Milliseconds since the visit began. */
  offset_ms: number;
  /** Whose key it is sent with. */
  origin: DemoEvent['origin'];
  /** Unique within the visit; the event id is made of it. */
  key: string;
  /** The rest of the event in the flat shape. */
  body: object;
}

export type Visit = VisitEvent[];

export interface VisitLibrary {
  /** For people. */
  source: string;
  visits: Visit[];
}

const DEMO = { visits: 300, seed: 1 };

/** What is put in anew whenever a visit is played. */
const PUT_IN_LATER = ['schema_version', 'event_id', 'timestamp', 'session_id', 'tenant_hash'];

function demoEvent({ at_ms, origin, event }: DemoEvent, index: number): VisitEvent {
  const rest = Object.entries(event).filter(([name]) => !PUT_IN_LATER.includes(name));
  return { offset_ms: at_ms, origin, key: String(index + 1), body: Object.fromEntries(rest) };
}

/** The same seed gives the same visits. */
export function demoVisits(count: number, seed: number): Visit[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const { events } = conversation(pickSite(random), random, 0);
    return events.map(demoEvent);
  });
}

const dialogueVisit = ({ context, attribution, events }: Dialogue): Visit =>
  events.map(({ offset_ms, ...rest }, index) => ({
    offset_ms,
    origin: 'browser',
    key: String(rest.sequence_number),
    body: { ...rest, ...(index === 0 && { context, attribution }) },
  }));

/** @param dir where the dialogues are; default: DIALOGUES_DIR, else beside the workspace */
export async function visitLibrary(dir = process.env['DIALOGUES_DIR']): Promise<VisitLibrary> {
  const dialogues = await readDialogues(
    resolve(dir ?? join(WORKSPACE, '../shared/data/dialogues')),
  );
  const [name, visits] = dialogues
    ? ['real dialogues', dialogues.sessions.map(dialogueVisit)]
    : ['demo journeys', demoVisits(DEMO.visits, DEMO.seed)];
  const mean = visits.reduce((sum, visit) => sum + visit.length, 0) / visits.length;
  return { source: `${name}, ${mean.toFixed(1)} events a session`, visits };
}
