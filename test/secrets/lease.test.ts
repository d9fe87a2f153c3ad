import { randomBytes } from 'node:crypto';
import { describe, expect, it, jest } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import type { Fetched, FetchContext } from '../../src/secrets/index.js';
import { createSecrets } from '../../src/secrets/lease.js';
import { reveal, seal } from '../../src/secrets/seal.js';
import { unavailable } from '../../src/secrets/unavailable.js';
import { whyUnavailable } from './context.js';

const value = `s3cr3t-${randomBytes(18).toString('base64url')}`;
const desk = { client: 'desk' };
const fetched = (more: Partial<Fetched> = {}): Fetched => ({
  fields: { value: seal('api', value) },
  version: '1',
  ...more,
});

function start(answer: (context: FetchContext) => Promise<Fetched>, secretTimeout = 5_000) {
  const clock = { at: 1_000_000, now: () => clock.at, elapsed: () => clock.at };
  const fetch = jest.fn(answer);
  const sources = new Map([['api', { kind: 'test', source: { fetch }, mayGoTo: () => true }]]);
  return { clock, fetch, secrets: createSecrets({ sources, limits: { secretTimeout }, clock }) };
}

describe('a secret that cannot be had', () => {
  it('is one that the configuration does not have', async () => {
    const { secrets } = start(() => Promise.resolve(fetched()));
    expect(await whyUnavailable(secrets.acquire('apj', desk))).toMatch(/the configuration has no such secret$/);
    expect(await whyUnavailable(secrets.acquire('__proto__', desk))).toMatch(/no such secret$/);
  });

  it('keeps the reason of its source', async () => {
    const { secrets } = start(() => Promise.reject(unavailable('api', 'the vault is sealed')));
    expect(await whyUnavailable(secrets.acquire('api', desk))).toMatch(/: the vault is sealed$/);
  });

  it('says nothing of a foreign error but its code: its message may hold the value', async () => {
    const failing = Object.assign(new Error(`cannot parse ${value}`), { code: 'ECONNREFUSED' });
    const reason = await whyUnavailable(start(() => Promise.reject(failing)).secrets.acquire('api', desk));
    expect(reason).toBe('the secret api is not available: fetching it failed with ECONNREFUSED');
    const other = start(() => Promise.reject(new Error(value)));
    expect(await whyUnavailable(other.secrets.acquire('api', desk))).toMatch(/: fetching it failed$/);
  });

  it('is too short, empty, or expired when it comes', async () => {
    const short = start(() => Promise.resolve(fetched({ fields: { value: seal('api', 'passwor') } })));
    expect(await whyUnavailable(short.secrets.acquire('api', desk))).toMatch(/shorter than 8 bytes/);
    const late = start(() => Promise.resolve(fetched({ expiresAt: 1_000_000 })));
    expect(await whyUnavailable(late.secrets.acquire('api', desk))).toMatch(/: it has expired$/);
    const justInTime = start(() => Promise.resolve(fetched({ expiresAt: 1_000_001 })));
    await expect(justInTime.secrets.acquire('api', desk)).resolves.toMatchObject({ name: 'api' });
  });

  it('is not asked for again within a second, and then is', async () => {
    let failing = true;
    const { clock, fetch, secrets } = start(() =>
      failing ? Promise.reject(unavailable('api', 'down')) : Promise.resolve(fetched()),
    );
    await whyUnavailable(secrets.acquire('api', desk));
    failing = false;
    clock.at += 999;
    await whyUnavailable(secrets.acquire('api', desk));
    expect(fetch).toHaveBeenCalledTimes(1);
    clock.at += 1;
    await expect(secrets.acquire('api', desk)).resolves.toMatchObject({ name: 'api' });
  });

  it('does not come in time: its source is told so, and one that does not listen is not waited for', async () => {
    const signals: AbortSignal[] = [];
    const { secrets } = start(({ signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    }, 20);
    expect(await whyUnavailable(secrets.acquire('api', desk))).toMatch(
      /: it did not come within 20 ms \(limits\.secret_timeout\)$/,
    );
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('a secret that many ask for', () => {
  it('is fetched once at a time, for those who come later too', async () => {
    let answer: (fetched: Fetched) => void = () => undefined;
    const { fetch, secrets } = start(() => new Promise((resolve) => (answer = resolve)));
    const first = secrets.acquire('api', desk);
    const second = secrets.acquire('api', { client: 'agents' });
    await Promise.resolve();
    const third = secrets.acquire('api', desk);
    answer(fetched());
    const credentials = await Promise.all([first, second, third]);
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(new Set(credentials).size).toBe(1);
  });

  it('fails for all of them at once, and is fetched again later', async () => {
    const { clock, fetch, secrets } = start(() => Promise.reject(unavailable('api', 'down')));
    const results = await Promise.allSettled([secrets.acquire('api', desk), secrets.acquire('api', desk)]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(fetch).toHaveBeenCalledTimes(1);
    clock.at += 1000;
    await whyUnavailable(secrets.acquire('api', desk));
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('goes on being fetched for the others when one of them leaves', async () => {
    let answer: (fetched: Fetched) => void = () => undefined;
    const { secrets } = start(() => new Promise((resolve) => (answer = resolve)));
    const leaving = new AbortController();
    const left = secrets.acquire('api', desk, leaving.signal);
    const stayed = secrets.acquire('api', desk, new AbortController().signal);
    leaving.abort(new Refusal('caller_gone'));
    await expect(left).rejects.toMatchObject({ code: 'caller_gone' });
    answer(fetched());
    await expect(stayed).resolves.toMatchObject({ name: 'api' });
  });
});

describe('a secret that was fetched', () => {
  it('is asked for again for every use where its source states no end', async () => {
    const { fetch, secrets } = start(() => Promise.resolve(fetched()));
    const [first, second] = [await secrets.acquire('api', desk), await secrets.acquire('api', desk)];
    expect(fetch).toHaveBeenCalledTimes(2);
    expect(second).toBe(first);
  });

  it('is used until 30 seconds before its end, not a millisecond longer', async () => {
    const { clock, fetch, secrets } = start(() =>
      Promise.resolve(fetched({ expiresAt: 1_600_000, refreshAt: Number.POSITIVE_INFINITY })),
    );
    await secrets.acquire('api', desk);
    clock.at = 1_569_999;
    expect(secrets.ready('api', desk)).toBeDefined();
    expect(fetch).toHaveBeenCalledTimes(1);
    clock.at = 1_570_000;
    expect(secrets.ready('api', desk)).toBeUndefined();
    await secrets.acquire('api', desk);
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('takes the new end where the version stays', async () => {
    const { clock, fetch, secrets } = start(() => Promise.resolve(fetched({ expiresAt: clock.at + 100_000 })));
    const first = await secrets.acquire('api', desk);
    clock.at += 80_000;
    expect(await secrets.acquire('api', desk)).toBe(first);
    clock.at += 60_000;
    await secrets.acquire('api', desk);
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('is another credential once its version is another', async () => {
    let version = '1';
    const { secrets } = start(() =>
      Promise.resolve(fetched({ version, fields: { value: seal('api', `value-of-version-${version}`) } })),
    );
    const first = await secrets.acquire('api', desk);
    version = '2';
    const second = await secrets.acquire('api', desk);
    expect([first, second].map((credential) => reveal(credential.field('value')))).toEqual([
      'value-of-version-1',
      'value-of-version-2',
    ]);
    expect(second.fingerprint).not.toBe(first.fingerprint);
  });

  it('has a fingerprint that can be compared under the same key, and under another cannot', async () => {
    const print = async (fingerprintKey?: Buffer): Promise<string> => {
      const source = { fetch: () => Promise.resolve(fetched()) };
      const sources = new Map([['api', { kind: 'test', source, mayGoTo: () => true }]]);
      const clock = { now: () => 0, elapsed: () => 0 };
      const key = fingerprintKey === undefined ? {} : { fingerprintKey };
      const secrets = createSecrets({ sources, clock, limits: { secretTimeout: 1000 }, ...key });
      return (await secrets.acquire('api', desk)).fingerprint;
    };
    const key = randomBytes(32);
    expect(await print(key)).toBe(await print(key));
    expect(await print(key)).toMatch(/^[0-9a-f]{16}$/);
    expect(await print()).not.toBe(await print());
  });
});

describe('secrets that are closed', () => {
  it('are handed out no more, and those under way are given up', async () => {
    const signals: AbortSignal[] = [];
    const { secrets } = start(({ signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    });
    const waiting = expect(secrets.acquire('api', desk)).rejects.toMatchObject({ code: 'draining' });
    await secrets.close();
    await waiting;
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await expect(secrets.acquire('api', desk)).rejects.toMatchObject({ code: 'draining' });
  });
});
