import { describe, expect, it } from '@jest/globals';
import type { Tables } from '@picasso/storage';
import type { BrokerLink } from '../broker-link.ts';
import type { CursorCodec } from '../sessions/cursor.ts';
import type { AuditLog } from './audit-log.ts';
import { BalanceController } from './balance.controller.ts';
import type { DeadLetterBox } from './dead-letter-box.ts';
import { OpsController } from './ops.controller.ts';

/** Tables with nothing in them. */
const tables = {
  doc: { send: async () => ({ Items: [] }) },
  names: {},
} as unknown as Tables;

/** Streams answer; whoever asks for the sessionizer's consumer waits in vain. */
const link = {
  get: () => ({
    jsm: {
      streams: { info: async () => ({ config: {}, state: { subjects: {} } }) },
      consumers: {
        info: async () => {
          throw Object.assign(new Error('timeout'), { name: 'TimeoutError' });
        },
      },
    },
  }),
} as unknown as BrokerLink;

describe('a broker that does not say how far the sessionizer is', () => {
  it('is no pipeline without a sessionizer', async () => {
    const letters = { counts: async () => [] } as unknown as DeadLetterBox;
    const ops = new OpsController(link, letters, {} as AuditLog, tables, {} as CursorCodec);
    await expect(ops.pipeline()).rejects.toThrow('timeout');
  });

  it('is no balance in which nothing was processed', async () => {
    await expect(new BalanceController(link, tables).balance()).rejects.toThrow('timeout');
  });
});
