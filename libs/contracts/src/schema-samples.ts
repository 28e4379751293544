/** Valid events and systematically broken ones, made from the schemas. For specs. */
import type { EventType } from './events.ts';
import { EVENT_SCHEMAS, type Schema } from './schemas.ts';

type Fields = Record<string, unknown>;
export type SampleEvent = Fields & { payload: Fields };

const typesOf = (schema: Schema): string[] => [schema.type ?? []].flat();

function sampleOf(schema: Schema): unknown {
  if (schema.const !== undefined) return schema.const;
  const type = typesOf(schema)[0];
  if (type === 'object') {
    return Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, property]) => [name, sampleOf(property)]),
    );
  }
  if (type === 'array') return [schema.items?.type ? sampleOf(schema.items) : 'member'];
  if (type === 'integer' || type === 'number') return 3;
  return type === 'boolean' ? true : 'text';
}

/** A flat event of the given type with every field that its schema knows. */
export function sampleEvent(type: EventType): SampleEvent {
  return {
    ...(sampleOf(EVENT_SCHEMAS[type] as Schema) as SampleEvent),
    schema_version: '1.0',
    timestamp: '2026-11-22T14:30:00.123Z',
    timestamp_client: '2026-11-22T14:30:00.123Z',
    tenant_hash: 'tn_sample',
  };
}

const CANDIDATES: Record<string, unknown> = {
  string: 'text',
  number: 1.5,
  boolean: true,
  array: [1],
  object: { any: 'thing' },
};

export interface WrongType {
  /** JSON pointer of the field that is wrong. */
  path: string;
  /** What is there instead, for the spec's title. */
  value: string;
  event: SampleEvent;
}

/** For every field of a type, every JSON type that it must not have (and too large numbers). */
export function wrongTypes(type: EventType): WrongType[] {
  const cases: WrongType[] = [];
  const visit = (schema: Schema, steps: string[]): void => {
    const types = typesOf(schema);
    if (steps.length > 0 && types.length > 0) {
      const wrong = Object.entries(CANDIDATES).filter(([name]) => !types.includes(name));
      if (types.includes('integer') || types.includes('number')) {
        if (schema.maximum !== undefined) wrong.push(['huge', 1e300], ['negative', -1e300]);
      }
      for (const [, value] of wrong) {
        const event = structuredClone(sampleEvent(type));
        let holder = event as Fields;
        for (const step of steps.slice(0, -1)) holder = holder[step] as Fields;
        holder[steps.at(-1) as string] = value;
        cases.push({ path: `/${steps.join('/')}`, value: JSON.stringify(value), event });
      }
    }
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      visit(property, [...steps, name]);
    }
    if (schema.items?.type) visit(schema.items, [...steps, '0']);
  };
  visit(EVENT_SCHEMAS[type] as Schema, []);
  return cases;
}
