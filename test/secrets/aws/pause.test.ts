import { describe, expect, it } from '@jest/globals';
import { AwsFailure } from '../../../src/secrets/aws/failure.js';
import { createPauses } from '../../../src/secrets/aws/pause.js';

describe('a pause after a refusal', () => {
  it('gives the same answer for a minute, to these keys alone', () => {
    let elapsed = 0;
    const pauses = createPauses({ elapsed: () => elapsed });
    const failure = new AwsFailure('no', 'login');
    pauses.begin('a', failure);
    elapsed = 59_999;
    expect(() => pauses.check('a')).toThrow(failure);
    pauses.check('b');
    elapsed = 60_000;
    pauses.check('a');
  });

  it('forgets the oldest where there are too many', () => {
    const pauses = createPauses({ elapsed: () => 0 });
    for (let count = 0; count < 1001; count += 1) pauses.begin(`${count}`, new AwsFailure('no', 'login'));
    pauses.check('0');
    expect(() => pauses.check('1')).toThrow(AwsFailure);
  });
});
