import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { createCallerIndex, type CallerOptions } from '../../src/identity/callers.js';
import { identifiersFor } from '../../src/identity/registry.js';

const token = randomBytes(32).toString('base64url');
const address = '192.0.2.1';
const shown = (userinfo: string): string => `Basic ${Buffer.from(userinfo).toString('base64')}`;
const refused = (code: string): unknown => expect.objectContaining({ code });

function start(options: Partial<CallerOptions> = {}) {
  const clock = { at: 0, now: () => 0, elapsed: () => clock.at };
  const clients = [{ name: 'desk', tokenSha256: createHash('sha256').update(token).digest('hex') }];
  const limits = { wrongCredentials: 3, wrongCredentialsPause: 1000 };
  const callers = createCallerIndex({ identifiers: identifiersFor(clients), limits, clock, ...options });
  return { clock, callers, identify: (value?: string, from = address) => callers.identify(value, from) };
}

describe('a caller that shows nothing', () => {
  it.each([
    ['no header', undefined],
    ['an empty one', ''],
    ['a name without a password, as git sends it first', shown('desk:')],
    ['neither name nor password', shown(':')],
  ])('is unknown: %s', (_, value) => {
    expect(() => start().identify(value)).toThrow(refused('caller_unknown'));
  });

  it('is never counted as one that guesses', () => {
    const { identify } = start();
    for (let i = 0; i < 100; i += 1) expect(() => identify(shown('desk:'))).toThrow(refused('caller_unknown'));
    for (let i = 0; i < 100; i += 1) expect(() => identify()).toThrow(refused('caller_unknown'));
    expect(identify(shown(`desk:${token}`))).toEqual({ client: 'desk' });
  });

  it('is the anonymous client where the configuration says so', () => {
    expect(start({ anonymous: 'anonymous' }).identify()).toEqual({ client: 'anonymous' });
  });
});

describe('a caller that shows something wrong', () => {
  it.each([
    ['a wrong token', shown('desk:wrong')],
    ['the token of another name', shown(`agents:${token}`)],
    ['a name that no client has', shown('nobody:wrong')],
    ['the anonymous client by name', shown('anonymous:anything')],
    ['another scheme', `Bearer ${token}`],
    ['what is no base64', 'Basic ***'],
  ])('is refused, also where anonymous callers are not: %s', (_, value) => {
    expect(() => start().identify(value)).toThrow(refused('caller_wrong'));
    expect(() => start({ anonymous: 'anonymous' }).identify(value)).toThrow(refused('caller_wrong'));
  });

  it('has to wait after some mistakes, and never keeps who knows the token out', () => {
    const { clock, identify } = start();
    for (let i = 0; i < 3; i += 1) expect(() => identify(shown('desk:wrong'))).toThrow(refused('caller_wrong'));
    expect(() => identify(shown('desk:wrong'))).toThrow(refused('caller_backed_off'));
    expect(() => identify(shown('desk:wrong'), '192.0.2.2')).toThrow(refused('caller_wrong'));
    clock.at = 1000;
    expect(() => identify(shown('desk:wrong'))).toThrow(refused('caller_wrong'));
    expect(identify(shown(`desk:${token}`))).toEqual({ client: 'desk' });
  });

  it('goes on waiting when the configuration has been read anew', () => {
    const { callers, identify } = start();
    for (let i = 0; i < 3; i += 1) expect(() => identify(shown('desk:wrong'))).toThrow(refused('caller_wrong'));
    const next = start({ before: callers });
    expect(() => next.identify(shown('desk:wrong'))).toThrow(refused('caller_backed_off'));
    expect(() => start().identify(shown('desk:wrong'))).toThrow(refused('caller_wrong'));
  });

  it('has to wait for guesses at a name that does not exist, as for one that does', () => {
    const { identify } = start();
    for (let i = 0; i < 3; i += 1) expect(() => identify(shown('nobody:wrong'))).toThrow(refused('caller_wrong'));
    expect(() => identify(shown('nobody:wrong'))).toThrow(refused('caller_backed_off'));
  });

  it('starts from none again after it was right', () => {
    const { identify } = start();
    for (let i = 0; i < 10; i += 1) {
      expect(() => identify(shown('desk:wrong'))).toThrow(refused('caller_wrong'));
      expect(() => identify(shown('desk:wrong'))).toThrow(refused('caller_wrong'));
      expect(identify(shown(`desk:${token}`))).toEqual({ client: 'desk' });
    }
  });

  it('is not blamed for a failure of ours', () => {
    const identifiers = [() => { throw new TypeError('a bug'); }]; // prettier-ignore
    const { identify } = start({ identifiers });
    for (let i = 0; i < 10; i += 1) expect(() => identify(shown('desk:x'))).toThrow(TypeError);
  });
});

describe('several ways to know a caller', () => {
  it('are asked in order until one knows the credentials', () => {
    const asked: string[] = [];
    const way = (name: string, client?: string) => () => {
      asked.push(name);
      return client === undefined ? undefined : { client };
    };
    const { identify } = start({ identifiers: [way('first'), way('second', 'agents'), way('third', 'nobody')] });
    expect(identify(shown('x:y'))).toEqual({ client: 'agents' });
    expect(asked).toEqual(['first', 'second']);
  });

  it('end with the first that knows the credentials to be wrong', () => {
    const wrong = (): never => { throw new Refusal('caller_wrong'); }; // prettier-ignore
    const { identify } = start({ identifiers: [wrong, () => ({ client: 'desk' })] });
    expect(() => identify(shown('x:y'))).toThrow(refused('caller_wrong'));
  });
});

describe('a caller that was identified before the configuration changed', () => {
  const before = new Map([['desk', 'as it was']]);
  const again = (entries?: ReadonlyMap<string, string>) => {
    const first = index(before);
    const caller = first.identify(shown(`desk:${token}`), address);
    return () => index(entries).confirm(caller);
  };
  const index = (entries?: ReadonlyMap<string, string>) =>
    createCallerIndex({
      identifiers: identifiersFor([{ name: 'desk', tokenSha256: createHash('sha256').update(token).digest('hex') }]),
      limits: { wrongCredentials: 3, wrongCredentialsPause: 1000 },
      clock: { now: () => 0, elapsed: () => 0 },
      ...(entries === undefined ? {} : { entries }),
    });

  it.each([
    ['is gone', new Map<string, string>()],
    ['has another entry', new Map([['desk', 'as it is']])],
  ])('is refused where its client %s', (_, entries) => {
    expect(again(entries)).toThrow(refused('caller_revoked'));
  });

  it('is the same where its client is', () => {
    expect(again(new Map(before))()).toEqual({ client: 'desk' });
  });

  it('that nobody identified is refused, whatever its name', () => {
    expect(() => index(before).confirm({ client: 'desk' })).toThrow(refused('caller_revoked'));
  });
});
