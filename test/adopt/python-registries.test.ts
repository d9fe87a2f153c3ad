import { describe, expect, it } from '@jest/globals';
import { pythonRegistries } from '../../src/adopt/python-registries.js';

const builtIn = 'https://index.example.com/simple\nhttps://files.example.com\n';
const ask = (
  environment: Record<string, string>,
  files: Record<string, string> = {},
  output: string | undefined = builtIn,
  platform: NodeJS.Platform = 'linux',
) =>
  pythonRegistries({
    environment,
    home: '/home/me',
    platform,
    folder: '/private',
    runProgram: (program, args) => Promise.resolve(program === 'python3' && args[0] === '-I' ? output : undefined),
    readFile: (path) => files[path],
  });
const defaults = ['https://index.example.com/simple', 'https://files.example.com'];

describe('indexes for Python packages', () => {
  it('are noted where there is none and pip cannot be asked', async () => {
    expect(await ask({}, {}, '')).toEqual({
      hosts: [],
      certificateFiles: [],
      notes: ['pip could not be asked for its index'],
    });
  });

  it('are never read from the folder of a project', async () => {
    const project = {
      'pip.conf': '[global]\nindex-url = https://evil.test',
      'uv.toml': 'index-url = "https://evil.test"',
      '/private/uv.toml': 'index-url = "https://evil.test"',
    };
    expect((await ask({}, project)).hosts).toEqual(defaults);
  });

  it.each([
    [{}, {}, defaults],
    [{ PIP_INDEX_URL: 'https://corp.example.com/simple' }, {}, ['https://corp.example.com/simple']],
    [
      { PIP_EXTRA_INDEX_URL: 'https://a.example.com https://b.example.com' },
      {},
      ['https://a.example.com', 'https://b.example.com', ...defaults],
    ],
    [{ UV_DEFAULT_INDEX: 'corp=https://corp.example.com' }, {}, ['https://corp.example.com']],
    [{ UV_INDEX_URL: 'https://index.example.com/other' }, {}, ['https://index.example.com/other', ...defaults]],
    [
      {},
      { '/home/me/.config/pip/pip.conf': '[global]\nindex-url = https://corp.example.com/simple\n' },
      ['https://corp.example.com/simple'],
    ],
    [
      {},
      {
        '/etc/pip.conf':
          '[global]\nextra-index-url =\n    https://a.example.com/x\n    https://b.example.com/y\ntimeout = 5\n',
      },
      ['https://a.example.com/x', 'https://b.example.com/y', ...defaults],
    ],
    [
      { XDG_CONFIG_HOME: '/c' },
      { '/c/uv/uv.toml': '[[index]]\nname = "x"\nurl = "https://u.example.com/simple"\n' },
      ['https://u.example.com/simple', ...defaults],
    ],
    [
      {},
      { '/etc/uv/uv.toml': '[[index]]\nurl = "https://u.example.com"\ndefault = true\n' },
      ['https://u.example.com'],
    ],
  ])('with %j and %j are %j', async (environment, files, hosts) => {
    expect((await ask(environment as Record<string, string>, files as Record<string, string>)).hosts).toEqual(hosts);
  });

  it('bring along a CA file, and are read from where each platform keeps them', async () => {
    const mac = { '/home/me/Library/Application Support/pip/pip.conf': '[global]\ncert = /corp.pem\n' };
    expect((await ask({}, mac, builtIn, 'darwin')).certificateFiles).toEqual(['/corp.pem']);
    expect((await ask({}, mac, builtIn, 'linux')).certificateFiles).toEqual([]);
    const windows = { '/roaming/pip/pip.ini': '[global]\nindex-url = https://w.example.com' };
    expect((await ask({ APPDATA: '/roaming' }, windows, builtIn, 'win32')).hosts).toEqual(['https://w.example.com']);
  });
});
