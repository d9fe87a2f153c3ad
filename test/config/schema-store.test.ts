import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/load.js';
import { ConfigError } from '../../src/config/problem.js';

const storeOf = (yaml: string) => parseConfig(`version: 1\n${yaml}`, '/etc/keywright/keywright.yaml').store;
const whyNot = (yaml: string): string => {
  try {
    storeOf(yaml);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new TypeError('was not refused');
};

describe('the store of a configuration', () => {
  it.each([
    ['store: { path: x }', /"path"/],
    ['store: { identity: { from: pin } }', /allowed is one of file, keyring, passphrase/],
    ['store: { identity: { from: keyring, path: x } }', /"path"/],
    // It becomes a word of a command of macOS's `security`.
    ['store: { identity: { from: keyring, name: "a -w b" } }', /allowed is a name/],
    ['store: { identity: { from: passphrase, passphrase: x } }', /"passphrase"/],
    ['store: { file: "" }', /allowed is a path/],
  ])('is refused: %s', (yaml, why) => {
    expect(whyNot(yaml)).toMatch(why);
  });

  it('is beside the configuration, and its identity beside it, unless something else is said', () => {
    expect(storeOf('')).toEqual({
      file: '/etc/keywright/secrets.age',
      identity: { from: 'file', path: '/etc/keywright/secrets-identity.txt' },
    });
    expect(storeOf('store: { file: /srv/s.age }').identity).toEqual({
      from: 'file',
      path: '/srv/secrets-identity.txt',
    });
    expect(storeOf('store: { identity: { from: file, path: private/id } }').identity).toEqual({
      from: 'file',
      path: '/etc/keywright/private/id',
    });
  });

  it('is opened by the keyring or a passphrase', () => {
    expect(storeOf('store: { identity: { from: keyring } }').identity).toEqual({ from: 'keyring', name: 'default' });
    expect(storeOf('store: { identity: { from: passphrase } }').identity).toEqual({
      from: 'passphrase',
      file: undefined,
    });
    expect(storeOf('store: { identity: { from: passphrase, file: p } }').identity).toEqual({
      from: 'passphrase',
      file: '/etc/keywright/p',
    });
  });
});
