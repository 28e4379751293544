import { describe, expect, it } from '@jest/globals';
import { tagMistakes, workspaceTags } from './tags.ts';

describe('tagMistakes', () => {
  it.each([
    ['one known tag per axis', ['type:app', 'platform:server'], 0],
    ['a mistyped value', ['type:ap', 'platform:server'], 1],
    ['a mistyped axis', ['typ:app', 'type:app', 'platform:server'], 1],
    ['a tag without an axis', ['app', 'type:app', 'platform:server'], 1],
    ['a value inherited from Object', ['type:constructor', 'platform:server'], 1],
    ['a missing axis', ['type:app'], 1],
    ['two tags of one axis', ['type:app', 'type:domain', 'platform:server'], 1],
    ['no tag at all', [], 2],
  ])('counts mistakes: %s', (_name, tags, count) => {
    expect(tagMistakes([{ name: 'x', tags }])).toHaveLength(count);
  });

  it('finds none in this workspace, and finds its projects', async () => {
    const projects = await workspaceTags();
    expect(projects.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['contracts', 'tools']),
    );
    expect(tagMistakes(projects)).toEqual([]);
  }, 60_000);
});
