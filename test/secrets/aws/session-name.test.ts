import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { callerTemplate, filled, sessionName } from '../../../src/secrets/aws/session-name.js';

describe('a template for callers', () => {
  it.each(['{user}', '{', '}', '{client', '{{client}}', ''])('is not %j', (text) => {
    expect(callerTemplate.safeParse(text).success).toBe(false);
  });

  it('is filled once, and not where the caller has no subject', () => {
    expect(filled('k-{subject}', { client: 'desk' })).toBeUndefined();
    expect(filled('{client}.{subject}', { client: '{subject}', subject: '{client}$&' })).toBe('{subject}.{client}$&');
  });
});

describe('the name of a session', () => {
  it('is never the same for two callers, however much has to be changed', () => {
    const names = ['a b', 'a-b', 'a/b', 'a', '', 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(66), '\u00e4'].map(
      sessionName,
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('is always one that STS takes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) =>
        /^[\w+=,.@-]{2,64}$/.test(sessionName(text)),
      ),
    );
  });

  it('stays as it is where STS takes it', () => {
    expect(sessionName('keywright-desk@1')).toBe('keywright-desk@1');
  });
});
