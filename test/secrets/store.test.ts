import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Source } from '../../src/secrets/index.js';
import { reveal } from '../../src/secrets/seal.js';
import { changeContents } from '../../src/secrets/store/change.js';
import { openStore } from '../../src/secrets/store/index.js';
import { storeSource } from '../../src/secrets/store.js';
import { fetchContext, sourceContext, whyUnavailable } from './context.js';
import { contentsOf, someValue, storeFolder, surroundings, type StoreFolder } from './store/support.js';

let folder: StoreFolder;
beforeEach(() => {
  folder = storeFolder();
});
afterEach(() => folder.remove());
const make = (name?: string): Source =>
  storeSource.make({ name }, sourceContext({ store: openStore(folder.settings, surroundings) }));
const put = (secrets: Record<string, Record<string, string>>) =>
  changeContents(folder.settings, surroundings, () => contentsOf(secrets));

describe('a secret in the store', () => {
  it('is not available without a store, or where that cannot be opened', async () => {
    const nowhere = storeSource.make({ name: undefined }, sourceContext());
    expect(await whyUnavailable(nowhere.fetch(fetchContext()))).toMatch(/there is no store here$/);
    expect(await whyUnavailable(make().fetch(fetchContext()))).toBe(
      `the secret github is not available: the store ${folder.settings.file} does not exist: \`keywright secret set github\` makes it`,
    );
  });

  it('is not available where the store has none of this name, not even one that every object has', async () => {
    await put({ other: { value: someValue() } });
    expect(await whyUnavailable(make().fetch(fetchContext()))).toBe(
      'the secret github is not available: the store has no secret github: `keywright secret set github`',
    );
    const store = openStore(folder.settings, surroundings);
    const configured = storeSource.make({ name: undefined }, sourceContext({ store, configFile: '/etc/my kw.yaml' }));
    expect(await whyUnavailable(configured.fetch(fetchContext()))).toMatch(
      /: `keywright secret set github --config '\/etc\/my kw\.yaml'`$/,
    );
    expect(await whyUnavailable(make('constructor').fetch(fetchContext()))).toMatch(/has no secret constructor/);
  });

  it('has its fields, under its own name or another', async () => {
    const [value, password] = [someValue(), someValue()];
    await put({ github: { value }, db: { user: 'administrator', password } });
    const { fields, expiresAt } = await make().fetch(fetchContext());
    expect(Object.keys(fields)).toEqual(['value']);
    expect(reveal(fields['value']!)).toBe(value);
    expect(fields['value']!.name).toBe('github');
    expect(expiresAt).toBeUndefined();
    const other = await make('db').fetch(fetchContext());
    expect(reveal(other.fields['password']!)).toBe(password);
    expect(other.fields['password']!.name).toBe('github');
  });

  it('has another version exactly where its value is another', async () => {
    const source = make();
    const value = someValue();
    const versions: string[] = [];
    for (const secrets of [
      { github: { value } },
      { github: { value }, other: { value } },
      { github: { value: someValue() } },
    ]) {
      await put(secrets);
      versions.push((await source.fetch(fetchContext())).version);
    }
    expect(versions[1]).toBe(versions[0]);
    expect(versions[2]).not.toBe(versions[0]);
    expect(await source.fetch(fetchContext())).toBe(await source.fetch(fetchContext()));
  });
});
