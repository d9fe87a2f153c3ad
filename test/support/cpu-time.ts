/** Microseconds of CPU that something takes: the least of several times, as a busy machine makes each look more. */
export function leastCpu(work: () => void, times = 5): number {
  const taken = Array.from({ length: times }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
  return Math.min(...taken);
}
