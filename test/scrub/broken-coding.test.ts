import { expect, it } from '@jest/globals';
import { Reason } from '../../src/core/reason.js';
import { brokenCoding } from '../../src/scrub/broken-coding.js';

it('a body that cannot be searched is refused with a reason in words of ours', () => {
  const { code, cause } = brokenCoding('expands');
  expect([code, cause]).toEqual(['response_coding', new Reason('the body expands further than is searched')]);
  expect(brokenCoding().cause).toEqual(new Reason('the body is not what its content coding says'));
});
