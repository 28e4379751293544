/**
 * Gathers what happens in one turn of the event loop: all who wait in it go on together at its end.
 *
 * For writes to one socket: the client flushes once for everything that is written in a row, while
 * callers that come one by one, each from a socket of its own, cost a system call each. Nobody
 * waits longer than what is ready to be read at the moment takes to be read.
 */
export function createTurns(): () => Promise<void> {
  let turn: Promise<void> | undefined;
  return () =>
    (turn ??= new Promise((resolve) => {
      setImmediate(() => {
        turn = undefined;
        resolve();
      });
    }));
}
