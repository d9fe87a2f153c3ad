import { expect, it } from '@jest/globals';
import { openBody } from '../../src/proxy/request-body.js';

it('a body that fails before anybody reads it does not end the process', async () => {
  const body = openBody(() => undefined);
  body.destroy(new Error('gone'));
  await new Promise((resolve) => setImmediate(resolve));
  expect(body.errored).toMatchObject({ message: 'gone' });
});

it('a body asks for more when there is room', async () => {
  let asked = 0;
  const body = openBody(() => (asked += 1));
  body.push('abc');
  expect(asked).toBe(0);
  expect(String(body.read())).toBe('abc');
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toBeGreaterThan(0);
});
