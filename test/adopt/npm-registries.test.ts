import { describe, expect, it } from '@jest/globals';
import { npmRegistries, yarnRegistries } from '../../src/adopt/npm-registries.js';
import type { RegistrySetting } from '../../src/adopt/registry-setting.js';

const setting = (runProgram: RegistrySetting['runProgram']): RegistrySetting => ({
  environment: { A: 'b' },
  home: '/home/me',
  platform: 'linux',
  folder: '/private',
  runProgram,
  readFile: () => undefined,
});

describe('npm', () => {
  it.each([undefined, '', 'npm error', '"text"'])('is noted where it gives no settings: %j', async (output) => {
    const found = await npmRegistries(setting(() => Promise.resolve(output)));
    expect(found).toEqual({ hosts: [], certificateFiles: [], notes: ['npm could not be asked for its registries'] });
  });

  it('is asked outside of any project, and gives registries of scopes and its CA file too', async () => {
    const asked: unknown[] = [];
    const output = {
      registry: 'https://npm.example.com/',
      '@acme:registry': 'https://acme.example.com/npm/',
      cafile: '/corp.pem',
      '//x/:_authToken': '(protected)',
      'metrics-registry': 'https://m.example.com',
    };
    const found = await npmRegistries(
      setting((...parameters) => {
        asked.push(parameters);
        return Promise.resolve(JSON.stringify(output));
      }),
    );
    expect(asked).toEqual([['npm', ['config', 'list', '--json', '--global'], { A: 'b' }, '/private']]);
    expect(found).toEqual({
      hosts: ['https://npm.example.com/', 'https://acme.example.com/npm/'],
      certificateFiles: ['/corp.pem'],
      notes: [],
    });
  });
});

describe('yarn', () => {
  it.each([
    [{ registry: 'https://one.example.com\n', npmRegistryServer: 'undefined\n' }, ['https://one.example.com']],
    [{ registry: undefined, npmRegistryServer: 'https://two.example.com\n' }, ['https://two.example.com']],
    [{ registry: undefined, npmRegistryServer: undefined }, []],
  ])('answers %j', async (answers, hosts) => {
    const found = await yarnRegistries(setting((_, args) => Promise.resolve(answers[args[2] as keyof typeof answers])));
    expect(found.hosts).toEqual(hosts);
    expect(found.notes).toHaveLength(hosts.length === 0 ? 1 : 0);
  });
});
