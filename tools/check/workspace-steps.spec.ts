import { describe, expect, it } from '@jest/globals';
import { failedTasks } from './workspace-steps.ts';

const OUTPUT = `
 NX   Running target lint for 3 projects:

- one
- two

> nx run one:lint

> eslint one

> nx run two-more:lint

> eslint two-more

x.ts 1:1 error

> nx run two:lint  [existing outputs match the cache, left as is]

> eslint two

y.ts 1:1 error



 NX   Running target lint for 3 projects failed

Failed tasks:

- two-more:lint
- two:lint

  Run duration:      23.2s
`;

describe('failedTasks', () => {
  it('keeps what the failed tasks said', () => {
    expect(failedTasks(OUTPUT)).toBe(
      [
        '> nx run two-more:lint\n\n> eslint two-more\n\nx.ts 1:1 error',
        '> nx run two:lint  [existing outputs match the cache, left as is]\n\n> eslint two\n\ny.ts 1:1 error',
      ].join('\n\n'),
    );
  });

  it('keeps everything when Nx itself failed', () => {
    expect(failedTasks('no such target')).toBe('no such target');
  });
});
