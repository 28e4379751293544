import { beforeAll, expect, it } from '@jest/globals';
import type { OpenAPIObject } from '@nestjs/swagger';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROBLEM_CODES, PROBLEMS } from './http/problem.ts';
import { openApiDocument } from './openapi-document.ts';
import { operationsOf } from './openapi.ts';
import { schemaChecker } from './openapi-schemas.fixture.ts';

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

interface Media {
  schema: unknown;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
type Content = { content?: Record<string, Media> } | undefined;

it('every JSON request and answer has an example, and each is as its schema says', () => {
  const mistakes = schemaChecker(document);
  let checked = 0;
  for (const { method, path, operation } of operationsOf(document)) {
    const { requestBody, responses } = operation;
    const described = Object.entries({ request: requestBody, ...responses }) as [string, Content][];
    for (const [part, content] of described) {
      for (const [type, { schema, example, examples = {} }] of Object.entries(
        content?.content ?? {},
      )) {
        if (!type.endsWith('json') || type.endsWith('ndjson')) continue;
        const values = Object.values(examples).map(({ value }) => value);
        if (example !== undefined) values.push(example);
        const where = `${method} ${path} ${part}`;
        expect([where, values.length]).not.toEqual([where, 0]);
        for (const value of values) {
          const plain: unknown = JSON.parse(JSON.stringify(value));
          expect([where, mistakes(schema, plain)]).toEqual([where, []]);
          checked += 1;
        }
      }
    }
  }
  expect(checked).toBeGreaterThan(300);
});

it('docs/errors.md explains every problem code with its status and title', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (\d+) +\| ([^|]+?) +\| ([^|]+?) +\|$/gm)];
  expect(rows.map(([, code, status, title]) => [code, Number(status), title])).toEqual(
    Object.entries(PROBLEMS).map(([code, { status, title }]) => [code, status, title]),
  );
  for (const [, , , , advice] of rows) expect(advice).not.toBe('');
});
