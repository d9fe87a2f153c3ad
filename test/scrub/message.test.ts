import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { compileNeedles } from '../../src/scrub/forms.js';
import { scrubMessage } from '../../src/scrub/message.js';

const secret = randomBytes(18).toString('hex');
const needles = compileNeedles([secret], []);

describe('a whole message', () => {
  it.each([
    ['at its end', `a ${secret}`, 1],
    ['alone', secret, 1],
    ['twice, once escaped', `${secret} \\u00${secret.charCodeAt(0).toString(16)}${secret.slice(1)}`, 2],
    ['begun at its end', `a ${secret.slice(0, -1)}`, 0],
  ])('is masked in its length: %s', (_, text, masked) => {
    const bytes = Buffer.from(text);
    for (const binary of [false, true]) {
      const scrubbed = scrubMessage(bytes, binary, needles);
      expect(scrubbed.masked).toBe(masked);
      expect(scrubbed.bytes.length).toBe(bytes.length);
      expect(scrubbed.bytes.includes(secret)).toBe(false);
    }
    expect(bytes.toString()).toBe(text);
  });

  it('is searched for short values where it is text', () => {
    const short = compileNeedles(['pass-word'], []);
    expect(scrubMessage(Buffer.from('pass-word'), false, short).masked).toBe(1);
    expect(scrubMessage(Buffer.from('pass-word'), true, short).masked).toBe(0);
  });
});
