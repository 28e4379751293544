import { describe, expect, it } from '@jest/globals';
import { UsageError, isWhole, readInvocation } from './cli.ts';

const read = (line: string) => readInvocation(line.split(' ').filter(Boolean));

describe('the command line', () => {
  it('reads tenants and days', () => {
    expect(read('daily --tenant a --tenant b --from 2026-11-01 --to 2026-11-02')).toMatchObject({
      command: 'daily',
      tenants: ['a', 'b'],
      range: { from: '2026-11-01', to: '2026-11-02' },
    });
    expect(read('archive')).toMatchObject({ tenants: [], range: undefined });
  });

  it.each([
    ['', 'a command is one of'],
    ['daly', 'a command is one of'],
    ['daily recount', 'a command is one of'],
    ['daily --tennant a', "Unknown option '--tennant'"],
    ['daily --from 2026-11-01', '--from needs --to'],
    ['daily --from 2026-11-02 --to 2026-11-01', '--from lies after --to'],
    ['daily --from 2026-13-01 --to 2026-13-02', 'is no day'],
    ['daily --from yesterday --to today', 'is no day'],
    ['recount --from 2026-02-30 --to 2026-03-01', '"2026-02-30" is no day'],
    ['erase --tenant a --visitor=', '--visitor is empty'],
    ['daily --tenant=', '--tenant is empty'],
    ['recount --tenant a --session s', '--session is not for recount'],
    ['inventory --from 2026-11-01 --to 2026-11-02', '--from is not for inventory'],
    ['provision --all', '--all is not for provision'],
    ['daily --work --tenant a', '--work takes tenants from the queue'],
    ['daily --work --from 2026-11-01 --to 2026-11-02', '--work takes tenants from the queue'],
    ['erase --tenant a --all --out x --without-export', 'or --without-export'],
    ['erase --tenant a --session s --without-export', 'is for erase --all'],
    ['backfill --file x', 'needs one --tenant'],
    ['backfill --tenant a', 'needs --file'],
    ['restore --tenant a', 'needs --from and --to'],
    ['export-tenant --tenant a', 'needs --out'],
    ['erase --session s', 'needs one --tenant'],
    ['erase --tenant a', 'needs one of'],
    ['erase --tenant a --session s --visitor v', 'needs one of'],
    ['erase --tenant a --all', '--without-export'],
    ['archive --work', 'the work queue is for daily and erase'],
    ['erase --enqueue --tenant a --all', 'the work queue is for daily and erase'],
    ['daily --requested', '--requested is for erase'],
    ['erase --requested --work', '--requested is for erase'],
    ['erase --requested --tenant a', 'requests say themselves'],
    ['erase --work --session s', 'requests say themselves'],
    ['daily --work --enqueue', 'not both'],
  ])('refuses "%s"', (line, message) => {
    expect(() => read(line)).toThrow(UsageError);
    expect(() => read(line)).toThrow(message);
  });

  it('erases exactly what it is told to', () => {
    expect(read('erase --tenant a --session s')).toMatchObject({ session: 's', all: false });
    expect(read('erase --tenant a --all --without-export')).toMatchObject({ all: true });
    expect(read('erase --tenant a --all --out x')).toMatchObject({ all: true, out: 'x' });
  });
});

describe('a run that did all that is due', () => {
  it.each([
    ['archive', true],
    ['daily --work', true],
    ['daily --enqueue', false],
    ['archive --tenant a', false],
    ['archive --from 2026-11-01 --to 2026-11-02', false],
  ])('%s: %s', (line, whole) => {
    expect(isWhole(read(line))).toBe(whole);
  });
});
