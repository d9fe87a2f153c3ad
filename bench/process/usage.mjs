import { readFileSync, readdirSync } from 'node:fs';

/** CPU nanoseconds so far of a process, its threads and its descendants, from the scheduler's own account (Linux). */
export function cpuNanoseconds(pid) {
  return sum(tree(pid), (id) =>
    sum(readdirSync(`/proc/${id}/task`), (task) => Number(read(`/proc/${id}/task/${task}/schedstat`).split(' ')[0])),
  );
}

/** Resident MiB of a process and its descendants; pages that they share count for each. */
export function residentMiB(pid) {
  return sum(tree(pid), (id) => Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${id}/status`))?.[1] ?? 0)) / 1024;
}

function tree(pid) {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
  return [pid, ...children.flatMap((child) => tree(child))];
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A thread or child that has just ended.
    return '';
  }
}

function sum(items, value) {
  return items.reduce((total, item) => total + (value(item) || 0), 0);
}
