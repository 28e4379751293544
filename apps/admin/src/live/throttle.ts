export interface Throttled {
  (): void;
  stop(): void;
}

/** Calls at once, then at most every so often; the last of a burst is never left out. */
export function throttled(call: () => void, everyMs: number): Throttled {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isWanted = false;
  const run = (): void => {
    isWanted = false;
    timer = setTimeout(() => {
      timer = undefined;
      if (isWanted) run();
    }, everyMs);
    call();
  };
  const ask = (): void => {
    if (timer === undefined) run();
    else isWanted = true;
  };
  return Object.assign(ask, {
    stop: () => {
      clearTimeout(timer);
      isWanted = false;
    },
  });
}
