import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEmulator, type Emulator } from 'emulate';
import { z } from 'zod';
import { systemClock } from '../../src/core/clock.js';
import { githubAppSource } from '../../src/secrets/github-app.js';
import type { Source } from '../../src/secrets/index.js';
import { reveal, seal } from '../../src/secrets/seal.js';
import { fetchContext, sourceContext, whyUnavailable } from '../secrets/context.js';

/**
 * GitHub as others understand it: emulate verifies the JWT of an app and narrows its tokens. It does not end tokens, as its API lacks
 * `DELETE /installation/token`.
 */
let github: Emulator;
let key: string;
beforeAll(async () => {
  const apps = [
    {
      app_id: 12345,
      slug: 'keeper',
      name: 'Keeper',
      permissions: { contents: 'write', issues: 'read' },
      installations: [{ installation_id: 100, account: 'acme', permissions: { contents: 'write', issues: 'read' } }],
    },
  ];
  github = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      github: {
        users: [{ login: 'mona' }],
        orgs: [{ login: 'acme' }],
        repos: [
          { owner: 'acme', name: 'site', private: true },
          { owner: 'acme', name: 'payroll', private: true },
        ],
        apps,
      },
    },
  });
  key = github.generatedSecrets.find(({ kind }) => kind === 'github.app_private_key')?.value ?? '';
});
afterAll(() => github.close());

function make(more: object): Source {
  const shape = z.strictObject(githubAppSource.options);
  const options = shape.parse({ app_id: 12345, private_key: 'key', address: github.url, ...more });
  return githubAppSource.make(options, sourceContext({ clock: systemClock }));
}

const context = (pem = key) => fetchContext({ secrets: { key: seal('key', pem) } });
const read = async (path: string, token: string): Promise<number> => {
  const answer = await fetch(new URL(path, github.url), { headers: { authorization: `Bearer ${token}` } });
  await answer.text();
  return answer.status;
};

describe('an emulator of GitHub', () => {
  it('refuses an app that it does not know, an installation of another number, and more than was granted', async () => {
    const narrow = { repositories: ['acme/site'] };
    expect(await whyUnavailable(make({ ...narrow, installation_id: 100, app_id: 1 }).fetch(context()))).toMatch(/401/);
    expect(await whyUnavailable(make({ installation_id: 101 }).fetch(context()))).toMatch(/no such installation/);
    const admin = { ...narrow, permissions: { administration: 'read' } };
    expect(await whyUnavailable(make(admin).fetch(context()))).toMatch(/\(HTTP 422\)$/);
  });

  it('finds the installation, and gives a token that is good for one repository alone', async () => {
    const source = make({ repositories: ['acme/site'], permissions: { contents: 'read' } });
    const { fields, expiresAt } = await source.fetch(context());
    const token = reveal(fields['value']!);
    expect(expiresAt! - Date.now()).toBeGreaterThan(3_500_000);
    expect(await read('/repos/acme/site', token)).toBe(200);
    expect(await read('/repos/acme/payroll', token)).toBe(403);
  });

  it('finds it by its organisation too', async () => {
    const { fields } = await make({ owner: 'acme' }).fetch(context());
    expect(await read('/repos/acme/payroll', reveal(fields['value']!))).toBe(200);
  });
});
