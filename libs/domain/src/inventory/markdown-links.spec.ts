import { expect, it } from '@jest/globals';
import { markdownLinks } from './markdown-links.ts';

it('finds links wherever markdown allows them', () => {
  const markdown = `
# Help [Start](https://e.org/start)

A **bold [Fees *now*](https://e.org/fees "title")** and <https://e.org/auto>, www.e.org/bare too.

| a | b |
|---|---|
| [Cell](https://e.org/cell) | x |

- item with [Reference][ref]

> [Mail](mailto:hello@e.org) or [call](tel:+15551234)

[ref]: https://e.org/ref
`;
  expect(markdownLinks(markdown)).toEqual([
    { url: 'https://e.org/start', label: 'Start' },
    { url: 'https://e.org/fees', label: 'Fees now' },
    { url: 'https://e.org/auto', label: null },
    { url: 'http://www.e.org/bare', label: 'www.e.org/bare' },
    { url: 'https://e.org/cell', label: 'Cell' },
    { url: 'https://e.org/ref', label: 'Reference' },
    { url: 'mailto:hello@e.org', label: 'Mail' },
    { url: 'tel:+15551234', label: 'call' },
  ]);
});

it('takes each address once, with the first text it carries', () => {
  const markdown =
    '<https://e.org> [![logo](https://e.org/x.png)](https://e.org) [Home](https://e.org) [H](https://e.org)';
  expect(markdownLinks(markdown)).toEqual([{ url: 'https://e.org', label: 'Home' }]);
});

it('leaves out images, code, tags and addresses that lead nowhere', () => {
  const markdown = [
    '![Image](https://e.org/i.png) `https://e.org/code` [up](../up.md) [x](javascript:alert(1))',
    '```\n[no](https://e.org/fenced)\n```',
    '<a href="https://e.org/tag">tag</a>',
  ].join('\n\n');
  expect(markdownLinks(markdown)).toEqual([]);
});
