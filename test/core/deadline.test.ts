import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Deadlines } from '../../src/core/deadline.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('a deadline', () => {
  it('that passes is told once, until it is set again', () => {
    const passed = jest.fn();
    const deadline = new Deadlines().watch(passed);
    deadline.set(1000);
    jest.advanceTimersByTime(999);
    expect(passed).toHaveBeenCalledTimes(0);
    jest.advanceTimersByTime(5000);
    expect(passed).toHaveBeenCalledTimes(1);
    deadline.set(1000);
    jest.advanceTimersByTime(1300);
    expect(passed).toHaveBeenCalledTimes(2);
  });

  it('that moves does not pass', () => {
    const passed = jest.fn();
    const deadline = new Deadlines().watch(passed);
    for (let i = 0; i < 20; i += 1) {
      deadline.set(1000);
      jest.advanceTimersByTime(700);
    }
    expect(passed).toHaveBeenCalledTimes(0);
  });

  it.each(['clear', 'close'] as const)('does not pass after `%s`, nor before it was set', (end) => {
    const passed = jest.fn();
    const deadline = new Deadlines().watch(passed);
    jest.advanceTimersByTime(60_000);
    deadline.set(1000);
    deadline[end]();
    jest.advanceTimersByTime(60_000);
    expect(passed).toHaveBeenCalledTimes(0);
  });

  it('does not pass when it is set after it was closed', () => {
    const passed = jest.fn();
    const deadlines = new Deadlines();
    const deadline = deadlines.watch(passed);
    deadlines.watch(() => undefined);
    deadline.close();
    deadline.set(1000);
    jest.advanceTimersByTime(60_000);
    expect(passed).toHaveBeenCalledTimes(0);
  });
});

describe('all deadlines together', () => {
  it('cost one timer, and none once all are closed, however often each is', () => {
    const deadlines = new Deadlines();
    const watched = Array.from({ length: 100 }, () => deadlines.watch(() => undefined));
    expect(jest.getTimerCount()).toBe(1);
    for (const deadline of [...watched, ...watched]) deadline.close();
    expect(jest.getTimerCount()).toBe(0);
    deadlines.watch(() => undefined);
    expect(jest.getTimerCount()).toBe(1);
  });

  it('may close one another, and watch new ones, when they pass', () => {
    const deadlines = new Deadlines();
    const passed: string[] = [];
    const first = deadlines.watch(() => {
      passed.push('first');
      second.close();
      deadlines.watch(() => passed.push('third')).set(1000);
    });
    const second = deadlines.watch(() => passed.push('second'));
    first.set(1000);
    second.set(1000);
    jest.advanceTimersByTime(3000);
    expect(passed).toEqual(['first', 'third']);
  });
});
