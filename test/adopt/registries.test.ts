import { describe, expect, it } from '@jest/globals';
import { registries, type RegistriesInput } from '../../src/adopt/registries.js';

const ask = (input: Partial<RegistriesInput>) =>
  registries({
    command: 'npx',
    args: [],
    environment: {},
    home: '/home/me',
    platform: 'linux',
    folder: '/private',
    readFile: () => undefined,
    runProgram: () => Promise.resolve(undefined),
    ...input,
  });

describe('registries', () => {
  it('are not asked for where the command fetches no packages', async () => {
    const runProgram = (): Promise<never> => Promise.reject(new Error('asked'));
    expect(await ask({ command: 'node', args: ['server.js'], runProgram })).toEqual({
      hosts: [],
      certificateFiles: [],
      notes: [],
    });
  });

  it('are none where the clients cannot be asked, and that is noted', async () => {
    expect(await ask({ command: 'sh', args: ['-c', 'npx x; uvx y; yarn z'] })).toMatchObject({
      hosts: [],
      notes: { length: 3 },
    });
  });

  it('are hosts alone, each once, and none in cleartext or malformed', async () => {
    const settings = {
      registry: 'https://me:password@npm.example.com:8443/path',
      '@a:registry': 'https://npm.example.com:8443',
      '@b:registry': 'http://clear.example.com',
      '@c:registry': 'nonsense',
      '@d:registry': 'https://D.example.com',
      '@e:registry': 'https://exa_mple.1/',
    };
    const found = await ask({ runProgram: () => Promise.resolve(JSON.stringify(settings)) });
    expect(found.hosts).toEqual(['npm.example.com:8443', 'd.example.com']);
  });
});
