import { isDeepStrictEqual } from 'node:util';

/**
 * Version of the streams' and consumers' settings, kept in their metadata. Raise it when a setting
 * changes: running programs of the version before then leave the new settings alone.
 */
export const SCHEMA_VERSION = { key: 'picasso_schema', current: 1 } as const;

type Metadata = Record<string, string> | undefined;

/** 0 for what was created by hand or before versions were kept. */
export const schemaVersion = (metadata: Metadata): number =>
  Number(metadata?.[SCHEMA_VERSION.key] ?? 0) || 0;

/** Ours over what others (the server with `_nats.…`, operators) have written there. */
export const mergeMetadata = (current: Metadata, ours: Metadata): Record<string, string> => ({
  ...current,
  ...ours,
});

/** Keys of `desired` whose value in `current` is another; keys that `desired` lacks do not matter. */
export function changedKeys<T extends object>(current: Partial<T>, desired: T): (keyof T)[] {
  return (Object.keys(desired) as (keyof T)[]).filter(
    (key) => !isDeepStrictEqual(current[key], desired[key]),
  );
}

/**
 * Sends a configuration; without its metadata when the server (before 2.10) has none. Its version
 * is then unknown there, which costs an update that changes nothing at each start.
 */
export async function sendConfig<C extends { metadata?: Metadata }>(
  config: C,
  send: (config: C) => Promise<unknown>,
): Promise<void> {
  try {
    await send(config);
  } catch (error) {
    const unsupported = error instanceof Error && /metadata.*requires server/.test(error.message);
    if (!unsupported) throw error;
    await send({ ...config, metadata: undefined });
  }
}
