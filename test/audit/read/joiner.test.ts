import { describe, expect, it } from '@jest/globals';
import { Joiner } from '../../../src/audit/read/joiner.js';

describe('an end', () => {
  it('gets what its use said of the request, and keeps its own', () => {
    const joiner = new Joiner();
    joiner.join({ kind: 'use', id: 'a', client: 'desk', host: 'h', decision: 'allow' });
    const end = joiner.join({ kind: 'end', id: 'a', code: 'ok' });
    expect(end).toMatchObject({ kind: 'end', client: 'desk', host: 'h', code: 'ok' });
    expect(end).not.toHaveProperty('decision');
    expect(joiner.join({ kind: 'end', id: 'a' })).toEqual({ kind: 'end', id: 'a' });
  });

  it('is left alone where there are too many uses to remember', () => {
    const joiner = new Joiner();
    for (let i = 0; i <= 20_000; i += 1) joiner.join({ kind: 'use', id: i, client: 'desk' });
    expect(joiner.join({ kind: 'end', id: 0 })).toEqual({ kind: 'end', id: 0 });
    expect(joiner.join({ kind: 'end', id: 20_000 })).toMatchObject({ client: 'desk' });
  });
});
