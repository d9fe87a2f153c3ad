import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import type { HttpClient, HttpClientOptions } from '../../src/net/client.js';
import { addressOption, connectionOptions, connectTo } from '../../src/secrets/connection-options.js';
import { sourceContext } from './context.js';

const options = z.object(connectionOptions);

function connected(address: string, given: object = {}): HttpClientOptions {
  const made: HttpClientOptions[] = [];
  const http = (one: HttpClientOptions): HttpClient => {
    made.push(one);
    return { origin: '', request: () => Promise.reject(new TypeError('not asked')), close: () => Promise.resolve() };
  };
  connectTo(address, options.parse(given), sourceContext({ folder: '/etc/keywright', http }));
  return made[0]!;
}

describe('the address of a backend', () => {
  it.each([
    '',
    'vault.example',
    'vault.example:8200',
    '//vault.example',
    'ftp://vault.example',
    'file:///etc/passwd',
    'https://',
    'https://user@vault.example',
    'https://user:password@vault.example',
    'https://vault.example/?x=1',
    'https://vault.example/#x',
    'https://vault.example\\@elsewhere',
    'https://vault.example:99999',
    ' https://vault.example',
    'https://vault.example\n',
    'https://[::1',
  ])('is refused: %j', (text) => {
    expect(addressOption.safeParse(text).success).toBe(false);
  });

  it('is refused without repeating it: a password may stand in it', () => {
    const { error } = addressOption.safeParse('https://user:s3cr3t@vault.example');
    expect(JSON.stringify(error?.issues)).not.toContain('s3cr3t');
  });

  it.each(['https://vault.example', 'https://vault.example:8200/base', 'http://127.0.0.1:8200', 'https://[::1]:8200/'])(
    'may be %s',
    (text) => {
      expect(addressOption.parse(text)).toBe(text);
    },
  );

  it('that was not checked is a defect of ours', () => {
    expect(() => connected('vault.example')).toThrow(TypeError);
  });
});

describe('cleartext', () => {
  it.each([
    'http://vault.example',
    'http://10.0.0.1:8200',
    'http://localhost.example',
    'http://127.0.0.1.example',
    'http://127.example',
    'http://0.0.0.0:8200',
    'http://[::]:8200',
    'http://[::ffff:127.0.0.1]:8200',
    'http://[2001:db8::1]',
  ])('is not for what is elsewhere, unless that is said: %s', (address) => {
    expect(connected(address).allowCleartext).toBe(false);
    expect(connected(address, { unsafe_cleartext: true }).allowCleartext).toBe(true);
  });

  it.each([
    'http://127.0.0.1:8200',
    'http://127.1.2.3',
    'http://localhost:8200',
    'http://LOCALHOST',
    'http://[::1]:8200',
  ])('is for this machine: %s', (address) => {
    expect(connected(address).allowCleartext).toBe(true);
  });
});

describe('the files of a connection', () => {
  it('begin at the folder of the configuration', () => {
    const given = {
      ca_file: 'ca.pem',
      client_cert_file: './tls/cert.pem',
      client_key_file: '/run/key.pem',
      server_name: 'vault',
    };
    expect(connected('https://10.0.0.1', given)).toMatchObject({
      caFile: '/etc/keywright/ca.pem',
      certFile: '/etc/keywright/tls/cert.pem',
      keyFile: '/run/key.pem',
      serverName: 'vault',
    });
    expect(connected('https://10.0.0.1')).toMatchObject({
      caFile: undefined,
      certFile: undefined,
      serverName: undefined,
    });
  });

  it.each(['', 'a\0b'])('have a name that files can have: %j is refused', (path) => {
    expect(options.safeParse({ ca_file: path }).success).toBe(false);
  });
});
