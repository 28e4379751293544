import { describe, expect, it } from '@jest/globals';
import { atLeast, cacheDir } from './nats-binary.ts';

describe('atLeast', () => {
  it.each([
    ['2.14.0', '2.12.0', true],
    ['2.12.0', '2.12.0', true],
    ['2.9.10', '2.12.0', false],
    ['2.9.10', '2.9.9', true],
    ['3.0.0', '2.12.0', true],
    ['2.12.0-RC.1', '2.12.0', true],
  ])('%s against %s: %s', (version, wanted, expected) => {
    expect(atLeast(version, wanted)).toBe(expected);
  });
});

describe('cacheDir', () => {
  it('prefers the override, then the XDG folder, then ~/.cache', () => {
    const XDG_CACHE_HOME = '/xdg';
    expect(cacheDir({ PICASSO_CACHE_DIR: '/mine', XDG_CACHE_HOME })).toBe('/mine');
    expect(cacheDir({ XDG_CACHE_HOME })).toBe('/xdg/picasso-analytics');
    expect(cacheDir({})).toMatch(/\.cache\/picasso-analytics$/);
  });
});
