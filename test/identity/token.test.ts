import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { tokenIdentifier } from '../../src/identity/token.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const [ours, theirs] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
const identify = tokenIdentifier([
  { name: 'desk', tokenSha256: sha256(ours) },
  { name: 'agents', tokenSha256: sha256(theirs) },
  { name: 'run-only' },
]);

describe('a static token', () => {
  it.each([
    ['a wrong one', 'desk', 'wrong'],
    ['none', 'desk', ''],
    ['that of another client', 'desk', theirs],
    ['one with a character less', 'desk', ours.slice(1)],
    ['one with a character more', 'desk', `${ours} `],
    ['its own hash', 'desk', sha256(ours)],
  ])('is refused: %s', (_, username, password) => {
    expect(() => identify({ username, password })).toThrow(expect.objectContaining({ code: 'caller_wrong' }));
  });

  it.each([
    ['a name nobody has', 'nobody'],
    ['a name in another case', 'Desk'],
    ['a client without a token', 'run-only'],
    ['a name every object has', 'constructor'],
    ['a prototype', '__proto__'],
    ['no name', ''],
  ])('leaves to others: %s', (_, username) => {
    expect(identify({ username, password: ours })).toBeUndefined();
  });

  it('makes no client of an all-zero hash, which is what unknown names are compared with', () => {
    expect(identify({ username: 'nobody', password: '\0'.repeat(32) })).toBeUndefined();
  });

  it('is known by its hash', () => {
    expect(identify({ username: 'desk', password: ours })).toEqual({ client: 'desk' });
    expect(identify({ username: 'agents', password: theirs })).toEqual({ client: 'agents' });
  });
});
