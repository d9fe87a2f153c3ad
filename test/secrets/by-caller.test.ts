import { describe, expect, it } from '@jest/globals';
import { checkCaller, differsByCaller, onlyClientOf, type CallerTerms } from '../../src/secrets/by-caller.js';
import { unavailable } from '../../src/secrets/unavailable.js';

const bySubject: CallerTerms['source'] = {
  keyFor({ subject }) {
    if (subject === undefined) throw unavailable('account', 'the caller has no subject', 'denied');
    return subject;
  },
};
const ofDesk: CallerTerms['source'] = { keyFor: () => 'desk', onlyClient: 'desk' };
const sources = new Map<string, CallerTerms>([
  ['key', { source: {} }],
  ['account', { source: bySubject }],
  ['fixed', { source: ofDesk }],
  ['other', { source: { keyFor: () => 'agents', onlyClient: 'agents' } }],
  ['from-key', { source: {}, parts: ['key'] }],
  ['from-account', { source: {}, parts: ['key', 'account'] }],
  ['from-fixed', { source: {}, parts: ['key', 'fixed'] }],
  ['from-two', { source: {}, parts: ['fixed', 'other'] }],
  ['own-and-fixed', { source: { keyFor: ({ client }) => client }, parts: ['fixed'] }],
]);

describe('a secret', () => {
  it.each([
    ['key', false],
    ['from-key', false],
    ['account', true],
    ['fixed', true],
    ['from-account', true],
    ['from-two', true],
    ['nothing', false],
  ])('%s differs by caller: %s', (name, expected) => {
    expect(differsByCaller(name, sources)).toBe(expected);
  });

  it.each([
    ['fixed', 'desk'],
    ['from-fixed', 'desk'],
    ['from-two', undefined],
    ['own-and-fixed', undefined],
    ['account', undefined],
    ['key', undefined],
  ])('%s is of one client alone: %s', (name, expected) => {
    expect(onlyClientOf(name, sources)).toBe(expected);
  });

  it('is refused to a caller that can have none, also for what is made from it', () => {
    for (const name of ['account', 'from-account']) {
      expect(() => checkCaller(name, sources, { client: 'desk' })).toThrow();
      expect(() => checkCaller(name, sources, { client: 'desk', subject: 'user_1' })).not.toThrow();
    }
  });
});
