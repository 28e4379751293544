import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { KEYS } from '@picasso/contracts';
import { type SessionCommit, SessionStore, type Tables } from '@picasso/storage';

/**
 * Three mistakes that such a pipeline is easily built with, to show that the fault tests find them.
 * Never on: the process says so loudly and refuses in production.
 */
export const PLANTED_BUGS = ['ack-before-write', 'bare-add', 'skip-unprocessed'] as const;

export type PlantedBug = (typeof PLANTED_BUGS)[number];

/** @throws Error for an unknown bug, and for any in production */
export function plantedBug(
  name: string | undefined,
  nodeEnv: string | undefined,
): PlantedBug | undefined {
  if (name === undefined) return undefined;
  if (nodeEnv === 'production') throw new Error('PLANTED_BUG is for fault tests only');
  const bug = PLANTED_BUGS.find((known) => known === name);
  if (!bug) throw new Error(`PLANTED_BUG "${name}" is unknown`);
  return bug;
}

/** `skip-unprocessed`: takes a batch for written although the engine handed a part of it back. */
export function skipUnprocessed(tables: Tables): void {
  tables.client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      if (context.commandName === 'BatchWriteItemCommand') {
        (result.output as { UnprocessedItems?: unknown }).UnprocessedItems = {};
      }
      return result;
    },
    { step: 'initialize', name: 'skipUnprocessed' },
  );
}

/** `bare-add`: counts clicks beside the commit instead of in its transaction. */
export class BareAddStore extends SessionStore {
  constructor(
    private readonly bare: Tables,
    roundMs: number,
  ) {
    super(bare, roundMs);
  }

  override async commit(commit: SessionCommit): Promise<void> {
    for (const { item, clicks } of commit.deltas) {
      await this.bare.doc.send(
        new UpdateCommand({
          TableName: this.bare.names.itemClicks,
          Key: { pk: KEYS.tenant(commit.key.tenant_hash), sk: KEYS.item(item) },
          UpdateExpression: 'ADD click_count :clicks',
          ExpressionAttributeValues: { ':clicks': clicks },
        }),
      );
    }
    await super.commit({ ...commit, deltas: [] });
  }
}
