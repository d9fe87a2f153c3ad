import { describe, expect, it } from '@jest/globals';
import type { Backend } from '../../src/secrets/backend.js';
import { SecretReference, type Fetched, type Source } from '../../src/secrets/index.js';
import { createSecrets, type NamedSource, type SecretsParts } from '../../src/secrets/lease.js';
import { reveal, seal } from '../../src/secrets/seal.js';
import { whyUnavailable } from './context.js';

const desk = { client: 'desk' };
const clock = { now: () => 0, elapsed: () => 0 };

/** Two secrets of one backend, and one that is made of the first; what is closed is written down in its order. */
function world() {
  const done: string[] = [];
  const backend: Backend = {
    origins: [],
    close: () => Promise.resolve(void done.push('backend')),
  };
  const fetched = (name: string): Fetched => ({
    fields: { value: seal(name, `value of ${name}`) },
    version: name,
    expiresAt: 600_000,
    lease: { id: name, revoke: () => Promise.resolve(void done.push(`lease of ${name}`)) },
  });
  const source = (name: string, more: Partial<NamedSource> = {}): NamedSource => ({
    kind: 'test',
    backend,
    source: { fetch: () => Promise.resolve(fetched(name)) },
    mayGoTo: () => true,
    close: () => Promise.resolve(void done.push(name)),
    ...more,
  });
  const made = (name: string, part: string): NamedSource =>
    source(name, {
      parts: ['first'],
      source: {
        fetch: async ({ secret }) => {
          const { value } = { value: reveal(await secret(new SecretReference(part, 'value'))) };
          return { ...fetched(name), fields: { value: seal(name, `${name} of ${value}`) } };
        },
      },
    });
  const open = (parts: SecretsParts) => createSecrets({ ...parts, limits: { secretTimeout: 1000 }, clock });
  return { done, backend, source, made, open };
}

describe('a secret', () => {
  it('is made of those that its configuration says, and of no other', async () => {
    const { source, made, open } = world();
    const secrets = open({
      sources: new Map([
        ['made', made('made', 'second')],
        ['first', source('first')],
        ['second', source('second')],
      ]),
    });
    expect(await whyUnavailable(secrets.acquire('made', desk))).toMatch(/made is not made from it$/);
    await secrets.close();
  });

  it('that signs what goes elsewhere may do so where it has no hosts, or has this one', async () => {
    const { source, open } = world();
    const signed = async (mayGoTo: boolean, staysHere: boolean): Promise<unknown> => {
      const fetch: Source['fetch'] = async ({ secret }) => {
        await secret(new SecretReference('key', 'value'), 'a.example:443', 'signs');
        return { fields: { value: seal('made', 'the value made') }, version: '1' };
      };
      const secrets = open({
        sources: new Map([
          ['made', source('made', { parts: ['key'], source: { fetch } })],
          ['key', source('key', { mayGoTo: () => mayGoTo, staysHere })],
        ]),
      });
      return secrets.acquire('made', desk).finally(() => secrets.close());
    };
    expect(await whyUnavailable(signed(false, false))).toContain('which is not among its hosts');
    await expect(signed(false, true)).resolves.toBeDefined();
    await expect(signed(true, false)).resolves.toBeDefined();
  });

  it('that two configurations have is closed by the last of them, its backend after it, in whatever order they end', async () => {
    const { done, backend, source, made, open } = world();
    const [first, second, other] = [source('first'), source('second'), source('other')];
    const dependent = made('made', 'first');
    const before = open({
      sources: new Map([
        ['made', dependent],
        ['first', first],
        ['second', second],
      ]),
      backends: [backend],
    });
    const credential = await before.acquire('made', desk);
    await before.acquire('second', desk);
    const after = before.next({
      sources: new Map([
        ['made', dependent],
        ['first', first],
        ['second', other],
      ]),
      backends: [backend],
    });
    expect(after.ready('made', desk)).toBe(credential);
    await after.acquire('second', desk);
    await before.close();
    expect(done).toEqual(['lease of second', 'second']);
    await expect(before.acquire('made', desk)).rejects.toMatchObject({ code: 'draining' });
    expect(after.ready('made', desk)).toBe(credential);
    await Promise.all([after.close(), after.close(), before.close()]);
    expect(done.slice(2).sort()).toEqual([
      'backend',
      'first',
      'lease of first',
      'lease of made',
      'lease of other',
      'made',
      'other',
    ]);
    expect(done.at(-1)).toBe('backend');
  });

  it('keeps its backend open until its lease is back, though another configuration has ended with that backend', async () => {
    const { done, backend, source, open } = world();
    let back = (): void => undefined;
    const slow = source('slow', {
      source: {
        fetch: () =>
          Promise.resolve({
            fields: { value: seal('slow', 'value of slow') },
            version: '1',
            expiresAt: 600_000,
            lease: { id: 'slow', revoke: () => new Promise<void>((resolve) => (back = resolve)) },
          }),
      },
    });
    const before = open({ sources: new Map([['slow', slow]]), backends: [backend] });
    await before.acquire('slow', desk);
    const after = before.next({ sources: new Map(), backends: [backend] });
    const closing = before.close();
    await after.close();
    expect(done).toEqual([]);
    back();
    await closing;
    expect(done).toEqual(['slow', 'backend']);
  });
});
