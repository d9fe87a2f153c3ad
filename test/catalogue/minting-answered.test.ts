import { describe, expect, it } from '@jest/globals';
import { parseHostPattern } from '../../src/policy/host-pattern.js';
import { parseAbsoluteTarget } from '../../src/policy/target.js';
import { deciding, outcome } from './deciding.js';

describe('a request for a token that the proxy answers itself', () => {
  const endpoint = { name: 'token', hosts: ['gitlab.com'], inject: [], tokenEndpoint: { secret: 's' } };
  const given = { name: 'api', hosts: ['gitlab.com'] };
  const asked = ['POST', 'https://gitlab.com/oauth/token'] as const;

  it('is denied where the destination would answer it', () => {
    expect(outcome(deciding([given]), ...asked)).toBe('denied');
    const elsewhere = { ...endpoint, paths: ['/oauth/authorize'] };
    expect(outcome(deciding([elsewhere, given]), ...asked)).toBe('denied');
    expect(outcome(deciding([given, { ...endpoint, paths: ['/oauth/token'] }]), ...asked)).toBe('denied');
  });

  it('is let through, as it makes nothing', () => {
    const decider = deciding([{ ...endpoint, paths: ['/oauth/token'] }, given]);
    expect(outcome(decider, ...asked)).toBe('allowed');
    expect(outcome(decider, 'POST', 'https://gitlab.com/oauth/token/x')).toBe('denied');
    const { target, path } = parseAbsoluteTarget(asked[1]);
    const { outcome: explained, rules } = decider.explain({ client: 'desk' }, target, 'POST', path);
    expect([explained, rules.find(({ decides }) => decides)?.rule]).toEqual(['allow', 'token']);
  });

  it('is denied by a rule of one’s own all the same', () => {
    const own = { name: 'own', hosts: ['gitlab.com'].map(parseHostPattern), paths: ['/oauth/**'] };
    const decider = deciding([{ ...endpoint, paths: ['/oauth/token'] }, given], [], [own]);
    expect(outcome(decider, ...asked)).toBe('denied');
    const { target, path } = parseAbsoluteTarget(asked[1]);
    const { outcome: explained, rules } = decider.explain({ client: 'desk' }, target, 'POST', path);
    expect([explained, rules.find(({ decides }) => decides)?.rule]).toEqual(['denied', 'own']);
  });
});
