import { describe, expect, it } from '@jest/globals';
import { parseDuration, parseStartOptions, portsFrom } from './options.ts';

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['20s', 20_000],
    ['5m', 300_000],
    ['1.5h', 5_400_000],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['20', '20 seconds', '-5s', '0s', '', 's', '1e3s'])('refuses %p', (text) => {
    expect(() => parseDuration(text)).toThrow(/is not a duration/);
  });
});

describe('parseStartOptions', () => {
  it('has the rule of 30 minutes and fixed ports by default', () => {
    const { empty, idleMs, ports } = parseStartOptions([]);
    expect({ empty, idleMs }).toEqual({ empty: false, idleMs: 1_800_000 });
    expect(ports).toEqual({
      ingest: 4100,
      query: 4101,
      sessionizer: 4102,
      nats: 4103,
      tables: 4104,
      objects: 4105,
      site: 4106,
    });
  });

  it('takes what is given', () => {
    const options = parseStartOptions(['--empty', '--idle', '20s', '--port-base=5100']);
    expect(options).toMatchObject({
      empty: true,
      idleMs: 20_000,
      ports: { ingest: 5100, objects: 5105 },
    });
  });

  it.each([
    [['--idle', '10ms'], /at least 1s/],
    [['--idle', 'soon'], /not a duration/],
    [['--visits', 'many'], /whole number/],
    [['--port-base', 'x'], /port/],
    [['--port', '1'], /Unknown option/],
    [['demo'], /Unexpected argument/],
  ])('refuses %p', (args, message) => {
    expect(() => parseStartOptions(args)).toThrow(message);
  });

  it('keeps all ports below 65,536', () => {
    expect(portsFrom(65_529).site).toBe(65_535);
    expect(() => portsFrom(65_530)).toThrow(/port/);
  });
});
