import { expect, it, jest } from '@jest/globals';
import { Shared } from '../../src/core/shared.js';

it('is not had again once it was closed', async () => {
  const shared = new Shared('it', () => Promise.resolve());
  await shared.hold()();
  expect(() => shared.hold()).toThrow(TypeError);
});

it('is closed once, by the last that lets go of it, who waits for that; letting go twice changes nothing', async () => {
  let close = (): void => undefined;
  const closing = jest.fn(() => new Promise<void>((resolve) => (close = resolve)));
  const shared = new Shared('it', closing);
  const [first, second] = [shared.hold(), shared.hold()];
  await first();
  await first();
  expect(closing).not.toHaveBeenCalled();
  let isOver = false;
  const last = second().then(() => (isOver = true));
  await Promise.resolve();
  expect([closing.mock.calls.length, isOver]).toEqual([1, false]);
  close();
  await Promise.all([last, second()]);
  expect(closing).toHaveBeenCalledTimes(1);
});
