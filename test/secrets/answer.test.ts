import { describe, expect, it } from '@jest/globals';
import { Reason } from '../../src/core/reason.js';
import { Refusal } from '../../src/core/refusal.js';
import { ClientError } from '../../src/net/client-error.js';
import type { HttpAnswer } from '../../src/net/client.js';
import {
  asUnavailable,
  jsonOf,
  isForeign,
  kindOfStatus,
  membersOf,
  objectIn,
  retryAfterOf,
  sealMembers,
} from '../../src/secrets/answer.js';
import { reveal } from '../../src/secrets/seal.js';
import { Unavailability } from '../../src/secrets/unavailable.js';
import { whyUnavailable } from './context.js';

const answer = (text: string, headers: Record<string, string> = {}): HttpAnswer => ({
  status: 200,
  headers: new Map(Object.entries(headers)),
  text,
});

describe('an answer that is no object', () => {
  it.each(['', 's3cr3t-value', '"s3cr3t-value"', '["s3cr3t-value"]', 'null', '1', '{"a":"s3cr3t-value"'])(
    'is refused without a word of it: %s',
    async (text) => {
      const refused = await whyUnavailable(Promise.resolve().then(() => objectIn('api', answer(text), 'the vault')));
      expect(refused).toBe('the secret api is not available: the vault answered with what is not a JSON object');
    },
  );

  it('has no members, and is no JSON', () => {
    expect([membersOf([]), membersOf(null), membersOf('x'), membersOf(undefined)]).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
    expect(jsonOf('{')).toBeUndefined();
    expect(jsonOf('{"a":1}')).toEqual({ a: 1 });
  });
});

describe('the members of an answer', () => {
  it('are sealed where they have one form on the wire', () => {
    const members = {
      text: 'a-value',
      number: 12,
      is: false,
      list: ['x'],
      none: null,
      deep: { x: 'y' },
      not: undefined,
    };
    const sealed = sealMembers('api', members);
    expect(Object.entries(sealed).map(([name, value]) => [name, reveal(value)])).toEqual([
      ['text', 'a-value'],
      ['number', '12'],
      ['is', 'false'],
    ]);
  });

  it('may have the names of object machinery', () => {
    const sealed = sealMembers('api', objectIn('api', answer('{"__proto__":"a","constructor":"b"}'), 'it'));
    expect(Object.keys(sealed)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(sealed)).toBe(Object.prototype);
  });
});

describe('what a status stands for', () => {
  it.each([
    [400, 'down'],
    [401, 'denied'],
    [403, 'denied'],
    [404, 'missing'],
    [410, 'missing'],
    [429, 'throttled'],
    [302, 'down'],
    [500, 'down'],
    [503, 'down'],
  ])('%i: %s', (status, kind) => {
    expect(kindOfStatus(status)).toBe(kind);
  });
});

describe('a refusal of something that stands before a backend', () => {
  it.each([
    [404, '<html>', true],
    [403, '', true],
    [400, '"text"', true],
    [401, 'null', true],
    [404, '{}', false],
    [404, '[]', false],
    [429, '<html>', false],
    [502, '<html>', false],
    [200, '<html>', false],
    [307, '', false],
  ])('is one of no JSON: %i %j', (status, text, foreign) => {
    expect(isForeign({ status, text })).toBe(foreign);
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2027, 0, 1);
  it.each<[string | undefined, number | undefined]>([
    ['0', 0],
    ['7', 7000],
    ['3600', 3_600_000],
    ['999999999', 3_600_000],
    ['Fri, 01 Jan 2027 00:00:30 GMT', 30_000],
    ['Thu, 31 Dec 2026 23:59:00 GMT', 0],
    ['Fri, 01 Jan 2100 00:00:30 GMT', 3_600_000],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s is %s ms', (text, milliseconds) => {
    expect(retryAfterOf(answer('', text === undefined ? {} : { 'retry-after': text }), now)).toBe(milliseconds);
  });
});

describe('what came of asking', () => {
  it('is a refusal of this secret, where it is a failure of the connection or a reason of ours', () => {
    const causes = [new ClientError('vault:1 cannot be reached', 'unreachable'), new Reason('it is sealed')].map(
      (error) => (asUnavailable('api', error) as Refusal).cause,
    );
    for (const cause of causes) expect(cause).toBeInstanceOf(Unavailability);
    expect(causes.map((cause) => [(cause as Unavailability).message, (cause as Unavailability).kind])).toEqual([
      ['the secret api is not available: vault:1 cannot be reached', 'down'],
      ['the secret api is not available: it is sealed', 'down'],
    ]);
  });

  it('is left as it is otherwise: a refusal of ours, and what is foreign', () => {
    for (const error of [new Refusal('draining'), new TypeError('x'), 'x'])
      expect(asUnavailable('api', error)).toBe(error);
  });
});
