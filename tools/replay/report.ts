/** What a replay found, for people. */
import type { Difference } from './compare.ts';
import type { ModeReport } from './modes.ts';

const SHOWN = 10;

export const printFailures = (failures: ReadonlyMap<string, readonly Difference[]>): void => {
  for (const [what, differences] of [...failures].slice(0, SHOWN)) {
    console.log(`  ${what}`);
    for (const { field, expected, actual } of differences.slice(0, SHOWN)) {
      console.log(
        `    ${field}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`,
      );
    }
  }
  if (failures.size > SHOWN) console.log(`  … and ${failures.size - SHOWN} more`);
};

export const printReport = (report: ModeReport): void => {
  const { mode, sessions, events, sendSeconds, seconds, failures } = report;
  const unequal = [...failures.keys()].filter((what) => what.startsWith('sess_')).length;
  console.log(
    `${mode}: ${sessions - unequal} of ${sessions} sessions equal in every field ` +
      `(${events} events sent in ${sendSeconds.toFixed(1)} s, settled after ${seconds.toFixed(1)} s)`,
  );
  printFailures(failures);
};
