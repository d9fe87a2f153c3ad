import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../src/core/usage-error.js';
import { keyedPlaceholders, randomPlaceholders } from '../../src/inject/placeholder.js';

const key = randomBytes(32);
const secrets = new Map([
  ['github', 'ghp_<36 alnum>'],
  ['jira', undefined],
  ['slack', '<uuid>'],
]);
const placeholders = keyedPlaceholders(key, ['desk', 'agents'], secrets);
const idIn = (placeholder: string | undefined): string => {
  const [, id = ''] = /0dec0de5([0-9a-f]{24})/.exec((placeholder ?? '').replaceAll('-', '')) ?? [];
  return id;
};

describe('a placeholder', () => {
  it.each([
    ['a client that there is not', 'nobody', 'github'],
    ['a secret that there is not', 'desk', 'nothing'],
    ['names of object machinery', '__proto__', 'constructor'],
    ['a client and a secret run together', 'desk\0github', ''],
  ])('is not there for %s', (_, client, secret) => {
    expect(placeholders.of(client, secret)).toBeUndefined();
  });

  it('has the shape of its secret, or the plain one', () => {
    expect(placeholders.of('desk', 'github')).toMatch(/^ghp_0dec0de5[0-9a-f]{24}[A-Za-z0-9]{4}$/);
    expect(placeholders.of('desk', 'jira')).toMatch(/^kw_0dec0de5[0-9a-f]{24}$/);
    expect(placeholders.of('desk', 'slack')).toMatch(/^0dec0de5-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  });

  it('is bound to client and secret: each pair has its own', () => {
    const all = ['desk', 'agents'].flatMap((client) =>
      [...secrets.keys()].map((secret) => idIn(placeholders.of(client, secret))),
    );
    expect(all.filter((id) => id.length === 24)).toHaveLength(6);
    expect(new Set(all).size).toBe(6);
  });

  it('does not confuse names that could be cut in two ways', () => {
    const confusable = keyedPlaceholders(key, ['a', 'ab'], new Map([['bc', undefined], ['c', undefined]])); // prettier-ignore
    expect(idIn(confusable.of('a', 'bc'))).not.toBe(idIn(confusable.of('ab', 'c')));
  });

  it('is the same after a restart with the same key, and another with another', () => {
    const again = keyedPlaceholders(key, ['desk', 'agents'], secrets);
    const other = keyedPlaceholders(randomBytes(32), ['desk', 'agents'], secrets);
    expect(again.of('desk', 'github')).toBe(placeholders.of('desk', 'github'));
    expect(other.of('desk', 'github')).not.toBe(placeholders.of('desk', 'github'));
  });

  it('does not depend on which other clients and secrets there are', () => {
    const alone = keyedPlaceholders(key, ['desk'], new Map([['github', 'ghp_<36 alnum>']]));
    expect(alone.of('desk', 'github')).toBe(placeholders.of('desk', 'github'));
  });

  it('is another one once its shape is another', () => {
    const reshaped = keyedPlaceholders(key, ['desk'], new Map([['github', 'gho_<36 alnum>']]));
    expect(idIn(reshaped.of('desk', 'github'))).not.toBe(idIn(placeholders.of('desk', 'github')));
  });

  it('has an owner, found by its id', () => {
    expect(placeholders.owner(idIn(placeholders.of('agents', 'slack')))).toEqual({ client: 'agents', secret: 'slack' });
    expect(placeholders.owner('0'.repeat(24))).toBeUndefined();
    expect(placeholders.owner('')).toBeUndefined();
  });
});

describe('placeholders', () => {
  it('are not there without clients or without secrets', () => {
    expect(keyedPlaceholders(key, [], secrets).any).toBe(false);
    expect(keyedPlaceholders(key, ['desk'], new Map()).any).toBe(false);
    expect(placeholders.any).toBe(true);
  });

  it('are refused for a shape that cannot be used', () => {
    expect(() => keyedPlaceholders(key, [], new Map([['github', '<36 emoji>']]))).toThrow(UsageError);
  });

  it('of one run are known to nobody beforehand', () => {
    const runs = Array.from({ length: 50 }, () => idIn(randomPlaceholders(['run'], secrets).of('run', 'github')));
    expect(new Set(runs).size).toBe(50);
  });
});
