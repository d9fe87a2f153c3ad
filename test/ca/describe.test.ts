import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { describeRing } from '../../src/ca/describe.js';
import { makeGeneration } from '../../src/ca/generation.js';
import { turned, withNext } from '../../src/ca/ring.js';
import { clockAt, day } from './support.js';

const now = Date.parse('2026-11-23T12:00:00Z');
const one = makeGeneration({ clock: clockAt(now), lifetimeMs: 10 * day });
const two = makeGeneration({ clock: clockAt(now), lifetimeMs: 20 * day, permit: ['a.test', '10.0.0.1'] });

describe('a CA in words', () => {
  it('tells one that has expired', () => {
    const [active] = describeRing({ active: one }, now + 10 * day).authorities;
    expect(active).toMatchObject({ valid: false, days_left: 0 });
    expect(describeRing({ active: one }, now + 11.5 * day).authorities[0]?.days_left).toBe(-2);
  });

  it('holds no key', () => {
    const text = JSON.stringify(describeRing(withNext(one, two), now));
    for (const { key } of [one, two]) {
      const { d = 'none' } = key.export({ format: 'jwk' });
      expect(text).not.toContain(d);
    }
    expect(text).not.toMatch(/PRIVATE|BEGIN/);
  });

  it('says what is to be trusted, for what, and for how long', () => {
    const described = describeRing({ active: two }, now);
    expect(described).toMatchObject({ phase: 'steady', finishes_at: null, bridged: null });
    expect(described.authorities).toHaveLength(1);
    expect(described.authorities[0]).toMatchObject({
      role: 'active',
      trust: { sha256: createHash('sha256').update(two.chain[1]!.raw).digest('hex') },
      trust_is_root: true,
      intermediates: [{ subject: two.chain[0].subject }],
      key: 'ec prime256v1',
      permit: ['10.0.0.1', 'a.test'],
      days_left: 20,
      valid: true,
    });
    expect(describeRing({ active: one }, now).authorities[0]?.permit).toBeNull();
  });

  it('says where a rotation stands, also where time has moved it', () => {
    const ring = withNext(one, two, now + day);
    const roles = (at: number): unknown => describeRing(ring, at).authorities.map(({ role }) => role);
    expect(describeRing(ring, now)).toMatchObject({
      phase: 'published',
      finishes_at: '2026-11-24T12:00:00.000Z',
      bridged: true,
    });
    expect(roles(now)).toEqual(['active', 'next']);
    expect(describeRing(ring, now + day)).toMatchObject({ phase: 'overlap', finishes_at: null, bridged: true });
    expect(roles(now + day)).toEqual(['active', 'old']);
    expect(describeRing(turned(ring), now).phase).toBe('overlap');
  });
});
