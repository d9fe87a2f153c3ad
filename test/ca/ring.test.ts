import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { makeGeneration } from '../../src/ca/generation.js';
import {
  formatRing,
  isRing,
  parseRing,
  type Ring,
  ringAt,
  trustedBy,
  turned,
  turnedBack,
  wayFromOld,
  withNext,
} from '../../src/ca/ring.js';
import { systemClock } from '../../src/core/clock.js';
import { UsageError } from '../../src/core/usage-error.js';
import { failure } from './support.js';

const one = makeGeneration({ clock: systemClock });
const two = makeGeneration({ clock: systemClock, permit: ['a.test'] });
const published = withNext(one, two, Date.parse('2026-12-24T18:00:00Z'));
const overlap = turned(published);

describe('a ring that is read', () => {
  const text = formatRing(published);
  const cut = (from: string): string => text.slice(0, text.indexOf(from));

  it.each([
    ['nothing', ''],
    ['without an active CA', text.replace('# active', '# old')],
    ['with a part that is unknown', text.replace('# bridge', '# river')],
    ['with a part that is there twice', text.replace('# next from', '# active from')],
    ['with both a next CA and an old one', `${text}# old\n${text.slice(text.indexOf('# next') + 7)}`],
    ['with the key of another', text.replace(pem(one.key), pem(two.key))],
    ['without a key', text.replace(pem(one.key), '')],
    ['cut off in the middle', cut('# next').slice(0, -200)],
  ])('is refused: %s', (_, broken) => {
    const error = failure(() => parseRing(broken, 'ca-key.pem'));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).not.toMatch(/MIG|PRIVATE KEY/);
  });

  it.each([
    ['in no rotation', { active: one }],
    ['that has a next CA with its time', published],
    ['that has a next CA', withNext(one, two)],
    ['that has an old CA', overlap],
  ] as [string, Ring][])('is the one that was written: %s', (_, ring) => {
    const written = formatRing(ring);
    expect(formatRing(parseRing(written, 'x'))).toBe(written);
    expect(isRing(written)).toBe(true);
    expect(isRing(pem(one.key))).toBe(false);
  });

  it('shows other programs the active key and its certificate first', () => {
    expect(createPrivateKey(text).export({ type: 'pkcs8', format: 'pem' })).toBe(pem(one.key));
    const [first = ''] = text.match(/-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/) ?? [];
    expect(new X509Certificate(first).raw).toEqual(one.chain[0].raw);
  });
});

describe('a ring that turns', () => {
  it('cannot where there is nothing to turn to', () => {
    expect(() => turned({ active: one })).toThrow(TypeError);
    expect(() => turnedBack({ active: one })).toThrow(TypeError);
  });

  it('goes there and back with the same bridge', () => {
    expect(overlap.active).toBe(two);
    expect(overlap.old).toBe(one);
    const back = turnedBack(overlap);
    expect(back.active).toBe(one);
    expect(back.next?.generation).toBe(two);
    expect(back.bridge).toBe(published.bridge);
  });

  it('turns by itself at its time, and not before', () => {
    const at = published.next?.at ?? 0;
    expect(ringAt(published, at - 1)).toBe(published);
    expect(ringAt(published, at).active).toBe(two);
    expect(ringAt(withNext(one, two), Number.MAX_SAFE_INTEGER).active).toBe(one);
  });

  it('is trusted by both roots, and leads from the old one to what signs', () => {
    expect(trustedBy(published)).toEqual([one.chain[0], two.chain[1]]);
    expect(trustedBy(overlap)).toEqual([two.chain[1], one.chain[0]]);
    expect(wayFromOld(published)).toEqual([]);
    expect(wayFromOld(overlap)).toEqual([published.bridge]);
    expect(wayFromOld(turned(withNext(two, one)))[1]).toBe(two.chain[0]);
  });
});

function pem(key: { export: (options: { type: 'pkcs8'; format: 'pem' }) => string | Buffer }): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}
