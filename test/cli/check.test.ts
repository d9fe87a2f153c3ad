import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { github } from '../../src/catalogue/github.js';
import { ruleNames } from '../../src/catalogue/rule-name.js';
import { generatedSecret } from '../support/proxy.js';
import { say } from './terminal.js';

const token = generatedSecret();
let home: string;
let config: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'keywright-check-'));
  config = join(home, 'keywright.yaml');
  writeFileSync(
    config,
    `version: 1
clients: [{ name: desk }, { name: agents }]
backends: { w: { type: aws, region: eu-central-1, credentials: { from: environment } } }
secrets:
  github: { from: env, name: GITHUB_TOKEN, hosts: [api.github.com] }
  own: { from: sts, role_arn: "arn:aws:iam::123456789012:role/a", hosts: [api.github.com] }
policies:
  - { name: api, clients: [desk], hosts: [api.github.com], inject: [{ place: header, name: authorization, template: "Bearer {github.user}" }] }
`,
    { mode: 0o600 },
  );
});
afterAll(() => rmSync(home, { recursive: true }));

const check = (...args: string[]) => say(['check', '--config', config, ...args], home, { GITHUB_TOKEN: token });

describe('check', () => {
  it('refuses a client that the configuration does not have, with the nearest one', async () => {
    const { code, error } = await check('--client', 'dsk');
    expect({ code, error }).toEqual({ code: 2, error: expect.stringContaining('the nearest one is desk') });
    expect((await check('--client', 'somebody-else')).error).not.toContain('nearest');
  });

  it('takes callers without a name for a client where they are let in', async () => {
    const open = join(home, 'open.yaml');
    writeFileSync(open, 'version: 1\nunsafe_anonymous: true\n', { mode: 0o600 });
    expect(await say(['check', '--config', open, '--client', 'anonymous'], home)).toMatchObject({ code: 0 });
    expect(await check('--client', 'anonymous')).toMatchObject({ code: 2 });
  });

  it('ends with 1 where a policy could not use its secret, and shows nothing of the value', async () => {
    const { code, out } = await check();
    expect({ code, out }).toEqual({
      code: 1,
      out: `The configuration is valid: 1 policy, 2 secrets, 2 clients.
Requests for new credentials are denied; unsafe_minting lets through what it names, a rule or all of a service:
  ${ruleNames(github).join(', ')}
  MISSING secret github: policy api (header authorization) needs its field "user", which is not there; it has "value"
  untried secret own: depends on the caller: not tried; --client NAME tries it as that client
`,
    });
  });

  it('ends with 0 where all that was tried is there', async () => {
    const plain = join(home, 'plain.yaml');
    const secrets = 'secrets: { github: { from: env, name: GITHUB_TOKEN, hosts: [api.github.com] } }';
    writeFileSync(plain, `version: 1\n${secrets}\n`, { mode: 0o600 });
    const { code, out } = await say(['check', '--config', plain, '--json'], home, { GITHUB_TOKEN: token });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ ok: true, findings: [{ what: 'secret github', state: 'there', ok: true }] });
  });

  it('tells mistakes in the file as JSON too, each where it is', async () => {
    const wrong = join(home, 'wrong.yaml');
    writeFileSync(wrong, 'version: 1\nclients:\n  - { nam: desk }\n', { mode: 0o600 });
    const { code, out, error } = await say(['check', '--config', wrong, '--json'], home);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({
      ok: false,
      findings: expect.arrayContaining([
        {
          file: wrong,
          line: 3,
          column: 7,
          message: expect.stringContaining('found the unknown key "nam"'),
          state: 'invalid',
        },
      ]),
    });
    expect(error).toContain(`${wrong}:3:7: found the unknown key "nam"`);
    expect((await say(['check', '--config', wrong], home)).out).toBe('');
  });
});
