import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EVENT_TYPES } from '@picasso/contracts';
import { VALIDATORS } from '@picasso/contracts/compiled-schemas';
import { sampleEvent, wrongTypes } from '@picasso/contracts/schema-samples';
import type { ValidateFunction } from 'ajv';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKSPACE } from '../harness/workspace.ts';
import { validatorsModule } from './compiled-schemas.ts';

describe('the module that the build puts in', () => {
  let dir: string;
  let built: Record<string, ValidateFunction>;

  beforeAll(async () => {
    // Inside the workspace: its import of ajv's helper has to be found.
    await mkdir(join(WORKSPACE, 'tmp'), { recursive: true });
    dir = await mkdtemp(join(WORKSPACE, 'tmp/compiled-'));
    const file = join(dir, 'compiled-schemas.mjs');
    await writeFile(file, await validatorsModule());
    ({ VALIDATORS: built } = (await import(file)) as { VALIDATORS: typeof built });
  });
  afterAll(() => rm(dir, { recursive: true }));

  it('has a validator for everything that the compiled one has', () => {
    expect(Object.keys(built).sort()).toEqual(Object.keys(VALIDATORS).sort());
  });

  it.each(EVENT_TYPES)('judges %s as ajv does', (type) => {
    const cases = wrongTypes(type).map(({ event }) => event);
    for (const event of [
      sampleEvent(type),
      { ...sampleEvent(type), event_id: '😀'.repeat(129) },
      ...cases,
    ]) {
      const verdicts = [built, VALIDATORS].map((validators) => {
        const validate = validators[type]!;
        return [validate(event), validate.errors?.[0]?.instancePath, validate.errors?.[0]?.message];
      });
      expect(verdicts[0]).toEqual(verdicts[1]);
    }
    expect(cases.every((event) => !built[type]!(event))).toBe(true);
  });
});
