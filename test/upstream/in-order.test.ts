import { describe, expect, it } from '@jest/globals';
import { InOrder } from '../../src/upstream/in-order.js';

describe('steps in order', () => {
  it('stop where one fails, and the failure is told once', async () => {
    const log: unknown[] = [];
    const steps = new InOrder((error) => log.push((error as Error).message));
    steps.run(
      () => Promise.reject(new Error('no')),
      (result) => log.push(result),
    );
    steps.run(
      () => 2,
      (result) => log.push(result),
    );
    await new Promise((resolve) => setImmediate(resolve));
    steps.run(
      () => 3,
      (result) => log.push(result),
    );
    expect(log).toEqual(['no']);
    const thrown = new InOrder((error) => log.push((error as Error).message));
    thrown.run(
      () => {
        throw new Error('at once');
      },
      (result) => log.push(result),
    );
    thrown.run(
      () => 4,
      (result) => log.push(result),
    );
    expect(log).toEqual(['no', 'at once']);
  });

  it('run at once while none takes time, and wait for those that do', async () => {
    const log: number[] = [];
    const steps = new InOrder(() => log.push(-1));
    const put = (result: number): number => log.push(result);
    steps.run(() => 1, put);
    expect(log).toEqual([1]);
    let finish: (result: number) => void = () => undefined;
    steps.run(() => new Promise<number>((resolve) => (finish = resolve)), put);
    steps.run(() => 3, put);
    steps.run(() => Promise.resolve(4), put);
    expect(log).toEqual([1]);
    finish(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual([1, 2, 3, 4]);
    steps.run(() => 5, put);
    expect(log).toEqual([1, 2, 3, 4, 5]);
  });
});
