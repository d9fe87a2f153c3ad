import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { scrubText } from '../../src/scrub/headers.js';
import { needlesFor } from '../../src/upstream/needles.js';
import { credentials, generatedSecret } from '../inject/credentials.js';

const credential = (value = generatedSecret()) => credentials({ s: { value } }).get('s')!;
const signature = (): string => randomBytes(32).toString('hex');

describe('what an answer must not hold', () => {
  it('is compiled once for what the same credentials show, one or several', () => {
    const [one, other] = [credential(), credential()];
    expect(needlesFor([one], ['rendered'])).toBe(needlesFor([one], ['rendered']));
    expect(needlesFor([one, other], [])).toBe(needlesFor([one, other], []));
    expect(needlesFor([one, other], [])).not.toBe(needlesFor([one], []));
  });

  it('is not that of another version, or of what was rendered in other parts', () => {
    const [one, before, now] = [credential(), generatedSecret(), generatedSecret()];
    const [old, fresh] = [credential(before), credential(now)];
    expect(scrubText(now, needlesFor([one, old], [])).masked).toBe(0);
    expect(scrubText(now, needlesFor([one, fresh], [])).masked).toBe(1);
    expect(scrubText(before, needlesFor([one, fresh], [])).masked).toBe(0);
    const parts = ['first-part', 'second-part'];
    expect(scrubText('second-part', needlesFor([one], [parts.join('\n')])).masked).toBe(0);
    expect(scrubText('second-part', needlesFor([one], parts)).masked).toBe(1);
  });

  it('is a signature in every form, beside the credential, and that of this request alone', () => {
    const value = generatedSecret();
    const one = credential(value);
    const [ours, others] = [signature(), signature()];
    needlesFor([one], [], [others]);
    const needles = needlesFor([one], [], [ours]);
    const percent = Array.from(ours, (character) => `%${character.charCodeAt(0).toString(16)}`).join('');
    for (const text of [value, ours, btoa(ours), Buffer.from(ours).toString('hex'), percent])
      expect(scrubText(`<${text}>`, needles).masked).toBe(1);
    expect(scrubText(others, needles).masked).toBe(0);
  });

  it('is both signatures where a request was sent twice', () => {
    const both = [signature(), signature()];
    expect(scrubText(both.join(' '), needlesFor([credential()], [], both)).masked).toBe(2);
  });
});
