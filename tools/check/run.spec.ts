import { describe, expect, it } from '@jest/globals';
import { run } from './run.ts';

const node = (script: string, options = {}) => run(process.execPath, ['-e', script], options);

describe('run', () => {
  it('collects both outputs and the exit code', async () => {
    const script = "console.log('out'); console.error('err'); process.exitCode = 3";
    const { code, output } = await node(script);
    expect(code).toBe(3);
    expect(output.trim().split('\n').sort()).toEqual(['err', 'out']);
  });

  it('ends what takes too long and calls it failed', async () => {
    const { code, output } = await node('setInterval(() => {}, 1000)', { timeoutMs: 200 });
    expect(code).toBe(1);
    expect(output).toContain('took longer than 0.2 s');
  });

  it('rejects when there is no such program', async () => {
    await expect(run('no-such-program', [])).rejects.toThrow('ENOENT');
  });
});
