import { describe, expect, it } from '@jest/globals';
import { cpuSeconds, cpuSecondsIn } from './cpu.ts';

describe('cpuSecondsIn', () => {
  it('adds user and system time, whatever the process is called', () => {
    const rest = 'S 1 2 2 0 -1 4194304 100 0 0 0 250 50 7 8 20 0 11 0 12345';
    expect(cpuSecondsIn(`42 (node) ${rest}`)).toBe(3);
    expect(cpuSecondsIn(`42 (we ird) (name) ${rest}`)).toBe(3);
  });
});

(process.platform === 'linux' ? describe : describe.skip)('cpuSeconds', () => {
  it('agrees with what this process says of itself', () => {
    const { user, system } = process.cpuUsage();
    expect(Math.abs(cpuSeconds(process.pid) - (user + system) / 1e6)).toBeLessThan(0.5);
  });
});
