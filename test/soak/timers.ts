/** Counts the timers that the code under test has set and that have neither fired nor been cleared, those that are unref'd too. */
export function watchTimers(): { close(): number } {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const ours = new Set<unknown>();
  const watched = ((act: (...given: unknown[]) => void, wait?: number, ...given: unknown[]) => {
    const timer = set(() => {
      ours.delete(timer);
      act(...given);
    }, wait);
    if (/\/src\/secrets\//.test(new Error().stack ?? '')) ours.add(timer);
    return timer;
  }) as unknown as typeof set;
  globalThis.setTimeout = Object.assign(watched, set);
  globalThis.clearTimeout = (timer) => {
    ours.delete(timer);
    clear(timer);
  };
  return {
    close() {
      Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
      return ours.size;
    },
  };
}
