import { describe, expect, it } from '@jest/globals';
import { isUsable, versionOf } from './k6-binary.ts';

describe('versionOf', () => {
  it.each([
    ['k6 v1.8.1 (go1.26.1, linux/amd64)\n', '1.8.1'],
    ['k6.exe v0.49.0 (2024-01-30T12:00:00+0000/v0.49.0-0-gb69c3f7, go1.21)', '0.49.0'],
    ['k6: command not found', undefined],
  ])('%s', (output, version) => {
    expect(versionOf(output)).toBe(version);
  });
});

describe('isUsable', () => {
  it.each([
    ['1.0.0', true],
    ['1.8.1', true],
    ['0.57.0', false],
    ['2.0.0', false],
    ['10.0.0', false],
  ])('%s: %s', (version, usable) => {
    expect(isUsable(version)).toBe(usable);
  });
});
