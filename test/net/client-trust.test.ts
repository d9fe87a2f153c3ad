import { rmSync, writeFileSync } from 'node:fs';
import { createServer as createPlain } from 'node:http';
import { createServer as createSecure } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { secureContextFor } from '../../src/net/client-trust.js';
import { trustOf } from '../../src/net/trust.js';
import type { BackendServer } from '../secrets/backend-server.js';
import { serverCertificate, testAuthority } from '../support/certificates.js';
import { clientCertificate } from '../support/client-certificate.js';
import { Asking, failureOf, value } from './asking.js';

const mine = clientCertificate('proxy-one');
let asking: Asking;
let server: BackendServer;
const get: Asking['get'] = (...given) => asking.get(...given);
const client: Asking['client'] = (...given) => asking.client(...given);
const listening: Asking['listening'] = (other) => asking.listening(other);

beforeEach(async () => {
  asking = await Asking.open(({ path, method }) => ({ status: 200, body: { path, method } }));
  server = asking.server;
});
afterEach(() => asking.close());

describe('a backend that is not who it should be', () => {
  it('has a certificate of another CA, and is sent nothing', async () => {
    const caFile = join(server.folder, 'other.pem');
    writeFileSync(caFile, testAuthority().certificatePem);
    expect(await failureOf(get({ caFile }))).toMatchObject({ kind: 'tls' });
    expect(await failureOf(get({ caFile: undefined }))).toMatchObject({ kind: 'tls' });
    rmSync(caFile);
    expect((await failureOf(get({ caFile }))).message).toBe(
      `the file ${caFile} (ca_file) is missing or cannot be read`,
    );
    expect(server.requests).toEqual([]);
  });

  it('has a certificate for another name', async () => {
    const address = new URL(`https://127.0.0.1:${server.port}`);
    expect((await failureOf(get({ address }))).message).toBe(
      `the TLS connection to 127.0.0.1:${server.port} failed (ERR_TLS_CERT_ALTNAME_INVALID): its certificate is for another name: ask it by that name, or say the name in the certificate as server_name`,
    );
    expect(server.requests).toEqual([]);
  });

  it('has no certificate of the name that `server_name` wants', async () => {
    expect(await failureOf(get({ serverName: 'vault.internal' }))).toMatchObject({ kind: 'tls' });
    expect(server.requests).toEqual([]);
  });

  it('speaks no TLS at all', async () => {
    const port = await listening(createServer((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n')));
    expect(await failureOf(get({ address: new URL(`https://localhost:${port}`) }))).toMatchObject({ kind: 'tls' });
  });

  it('is not taken for it because the environment says so', async () => {
    const proxied: string[] = [];
    const proxy = createPlain((request) => proxied.push(String(request.url)));
    proxy.on('connect', (request, socket) => {
      proxied.push(String(request.url));
      socket.destroy();
    });
    const port = await listening(proxy);
    const url = `http://127.0.0.1:${port}`;
    const changed = {
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      HTTPS_PROXY: url,
      HTTP_PROXY: url,
      ALL_PROXY: url,
      NODE_USE_ENV_PROXY: '1',
    };
    const before = { ...process.env };
    Object.assign(process.env, changed);
    try {
      expect(await failureOf(get({ caFile: undefined }))).toMatchObject({ kind: 'tls' });
      expect(await get()).toMatchObject({ status: 200 });
    } finally {
      for (const name of Object.keys(changed)) {
        if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = before[name];
      }
    }
    expect(proxied).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });
});

describe('a certificate of our own', () => {
  it('is shown, and read for each connection', async () => {
    await asking.close();
    const other = clientCertificate('proxy-two');
    asking = await Asking.open(
      ({ clientName = 'nobody' }) => ({ status: 200, headers: { connection: 'close' }, body: clientName }),
      {
        clientCa: mine.cert + other.cert,
      },
    );
    server = asking.server;
    const [certFile, keyFile] = [join(server.folder, 'client.pem'), join(server.folder, 'client-key.pem')];
    const write = ({ cert, key }: typeof mine): void => {
      writeFileSync(certFile, cert);
      writeFileSync(keyFile, key);
    };
    write(mine);
    const showing = client({ certFile, keyFile });
    const ask = async (): Promise<string> =>
      (await showing.request({ method: 'GET', path: '/', signal: AbortSignal.timeout(5000) })).text;
    expect(await ask()).toBe('proxy-one');
    write(other);
    expect(await ask()).toBe('proxy-two');
    expect((await get()).text).toBe('nobody');
    rmSync(keyFile);
    const failure = await failureOf(ask());
    expect([failure.kind, failure.message]).toEqual([
      'files',
      `the file ${keyFile} (client_key_file) is missing or cannot be read`,
    ]);
  });

  it('that cannot be read is told without its content', async () => {
    const [certFile, keyFile] = [join(server.folder, 'client.pem'), join(server.folder, 'client-key.pem')];
    writeFileSync(certFile, mine.cert);
    writeFileSync(keyFile, `-----BEGIN PRIVATE KEY-----\n${value}\n-----END PRIVATE KEY-----\n`);
    await failureOf(get({ certFile, keyFile }));
    expect(server.requests).toEqual([]);
  });
});

describe('the trust in a backend', () => {
  it('is of the name that `server_name` says', async () => {
    const address = new URL(`https://127.0.0.1:${server.port}`);
    expect(await get({ address, serverName: 'localhost' })).toMatchObject({ status: 200 });
  });

  it('may come from the environment of the process, besides the usual roots', async () => {
    const authority = testAuthority();
    const other = createSecure(serverCertificate(authority, ['localhost']), (_, response) => response.end('{}'));
    const address = new URL(`https://localhost:${await listening(other)}`);
    const trusting = client({ address, caFile: undefined }, [authority.certificatePem]);
    expect(await trusting.request({ method: 'GET', path: '/', signal: AbortSignal.timeout(5000) })).toMatchObject({
      status: 200,
    });
  });

  it('is read once where it is the usual one', () => {
    const about = { caPem: undefined, certPem: undefined, keyPem: undefined };
    expect(secureContextFor({ ...about, trust: [] })).toBe(trustOf(undefined).context);
    const trust = [testAuthority().certificatePem];
    expect(secureContextFor({ ...about, trust })).toBe(secureContextFor({ ...about, trust }));
    const { cert: certPem, key: keyPem } = mine;
    expect(secureContextFor({ ...about, certPem, keyPem, trust })).not.toBe(trustOf(trust).context);
  });
});
