import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineBackend, defineSourceOf, type Backend } from '../../src/secrets/backend.js';
import type { SourceContext } from '../../src/secrets/source-context.js';
import { fetchContext, sourceContext } from './context.js';

interface Vault extends Backend {
  readonly say: (path: string) => string;
}

const source = defineSourceOf<Vault>()({
  kind: 'vault-kv',
  summary: 'A key.',
  options: { path: z.string().describe('Where.') },
  make: ({ path }, { backend }) => ({
    fetch: () => Promise.resolve({ fields: {}, version: backend.say(path) }),
  }),
});
const backend = defineBackend({
  kind: 'vault',
  summary: 'A vault.',
  options: { address: z.string().describe('Where.') },
  make: ({ address }): Vault => ({
    origins: [address],
    say: (path) => `${address}/${path}`,
    close: () => Promise.resolve(),
  }),
  sources: [source],
  grants: ({ address }, uses) => `${address}: ${uses.map(({ name }) => name).join()}`,
});

describe('a kind of backend', () => {
  it('gives each kind of its sources its name, and the option to say which one is meant', () => {
    const [made] = backend.sources;
    expect(made).toMatchObject({ kind: 'vault-kv', of: 'vault' });
    expect(Object.keys(made?.options ?? {})).toEqual(['path', 'backend']);
    const options = z.object(made?.options ?? {});
    expect(options.parse({ path: 'x' })).toEqual({ path: 'x' });
    expect(options.parse({ path: 'x', backend: 'main' })).toEqual({ path: 'x', backend: 'main' });
    for (const name of ['', 'a b', '-a', 'x'.repeat(65)]) {
      expect(options.safeParse({ path: 'x', backend: name }).success).toBe(false);
    }
    // The kind itself stays as it was written.
    expect(source.options).not.toHaveProperty('backend');
  });

  it('is what its sources are made with', async () => {
    const made = backend.make({ address: 'vault:1' } as never, sourceContext());
    const context: SourceContext = sourceContext({ backend: made });
    const read = backend.sources[0]?.make({ path: 'a' } as never, context);
    expect(await read?.fetch(fetchContext())).toMatchObject({ version: 'vault:1/a' });
    const uses = [{ name: 'api', kind: 'vault-kv', options: {} }];
    expect(backend.grants?.({ address: 'vault:1' } as never, uses)).toBe('vault:1: api');
  });
});
