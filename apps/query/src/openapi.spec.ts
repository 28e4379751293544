import { beforeAll, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROBLEM_CODES } from './http/problem.ts';
import { openApiDocument } from './openapi-document.ts';

let document: OpenAPIObject;
let committed: string;

beforeAll(async () => {
  document = await openApiDocument();
  committed = await readFile(join(import.meta.dirname, '../openapi.json'), 'utf8');
});

it('openapi.json describes the service as it is; else run `nx run query:openapi`', () => {
  expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(document)));
});

it('every route that reads data documents its problems', () => {
  const { paths } = document;
  for (const path of ['/analytics/journey/{session_id}', '/analytics/sessions/{tenant}'])
    expect(Object.keys(paths[path]?.get?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '400', '401', '404', '429', '503']),
    );
});

it('refers to nothing that it does not describe', () => {
  const refs = JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]*)"/g);
  const described = Object.keys(document.components?.schemas ?? {});
  for (const [, name] of refs) expect(described).toContain(name);
});

it('lists every problem code', () => {
  expect(document.components?.schemas?.['ProblemDto']).toMatchObject({
    properties: { code: { enum: PROBLEM_CODES } },
  });
});
