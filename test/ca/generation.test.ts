import type { X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { bridge, makeGeneration } from '../../src/ca/generation.js';
import { readAuthority } from '../../src/ca/read-authority.js';
import { makeRoot } from '../../src/ca/root.js';
import { systemClock } from '../../src/core/clock.js';
import { clockAt, day } from './support.js';

const constrained = makeGeneration({ clock: systemClock, permit: ['a.test'] });
const free = makeGeneration({ clock: systemClock });

describe('a generated CA', () => {
  it('keeps no key of the root where it is constrained', () => {
    const [signer, root] = constrained.chain;
    expect(constrained.chain).toHaveLength(2);
    expect(signer.checkPrivateKey(constrained.key)).toBe(true);
    expect(root?.checkPrivateKey(constrained.key)).toBe(false);
    expect(signer.verify(root!.publicKey)).toBe(true);
  });

  it('carries its constraint below what is trusted, where Java looks too', () => {
    for (const { raw } of constrained.chain) expect(readAuthority(raw).nameConstraints).toBeDefined();
  });

  it('is one certificate where it may sign for any host', () => {
    expect(free.chain).toHaveLength(1);
    expect(free.chain[0].checkPrivateKey(free.key)).toBe(true);
  });
});

describe('the bridge from one CA to the next', () => {
  it('is not made where the one before has expired', () => {
    const past = makeGeneration({ clock: clockAt(Date.parse('2026-01-02T00:00:00Z')), lifetimeMs: day });
    expect(bridge(past, makeGeneration({ clock: clockAt(Date.parse('2026-02-02T00:00:00Z')) }))).toBeUndefined();
  });

  it('is not made where the one before allows no CA below it, as those of version 0.1.0', () => {
    const { certificate, key } = makeRoot({ clock: systemClock });
    expect(readAuthority(certificate.raw).pathLength).toBe(0);
    expect(bridge({ chain: [certificate], key }, free)).toBeUndefined();
  });

  it.each([
    ['free to free', free, makeGeneration({ clock: systemClock })],
    ['free to constrained', free, constrained],
    ['constrained to free', constrained, free],
  ])('is the root of the next, signed by the one before, and never longer: %s', (_, before, next) => {
    const made = bridge(before, next) as X509Certificate;
    const root = next.chain.at(-1)!;
    expect(made.subject).toBe(root.subject);
    expect(made.publicKey.equals(root.publicKey)).toBe(true);
    expect(made.verify(before.chain[0].publicKey)).toBe(true);
    expect(made.checkIssued(before.chain[0])).toBe(true);
    expect(readAuthority(made.raw).pathLength).toBe(next.chain.length - 1);
    expect(readAuthority(made.raw).keyId).toEqual(readAuthority(root.raw).keyId);
    expect(Date.parse(made.validTo)).toBeLessThanOrEqual(Date.parse(before.chain[0].validTo));
  });
});
