import { expect, it } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { dispatchRefusal } from '../../src/upstream/dispatch-error.js';
import { Unprocessed } from '../../src/upstream/unprocessed.js';

it('a request that was not processed, nor a second time, is refused as a failure of the destination', () => {
  const refusal = dispatchRefusal(new Unprocessed());
  expect(refusal).toBeInstanceOf(Refusal);
  expect(refusal.code).toBe('destination_protocol');
});
