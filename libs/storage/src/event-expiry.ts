import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { KEYS } from '@picasso/contracts';
import { pages } from './daily/session-scan.ts';
import type { SessionKey } from './session-rows.ts';
import type { Tables } from './tables.ts';

/**
 * Puts off the expiry of a session's event rows that would expire before `belowMs`. Costs a write
 * unit per row: for the days on which they cannot be archived.
 *
 * @returns how many rows expire later now
 */
export async function keepEvents(
  tables: Tables,
  { tenant_hash, session_id }: SessionKey,
  { belowMs, untilMs }: { belowMs: number; untilMs: number },
): Promise<number> {
  const { doc, names } = tables;
  const TableName = names.sessionEvents;
  let kept = 0;
  for await (const rows of pages(tables, {
    TableName,
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :step)',
    FilterExpression: 'expires_at < :below',
    ExpressionAttributeValues: {
      ':pk': KEYS.session(tenant_hash, session_id),
      ':step': 'STEP#',
      ':below': Math.floor(belowMs / 1_000),
    },
    ProjectionExpression: 'pk, sk',
    ConsistentRead: true,
  })) {
    for (const Key of rows) {
      try {
        await doc.send(
          new UpdateCommand({
            TableName,
            Key,
            UpdateExpression: 'SET expires_at = :until',
            // An erasure may have removed it since: nothing is to come back.
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':until': Math.floor(untilMs / 1_000) },
          }),
        );
        kept += 1;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    }
  }
  return kept;
}
