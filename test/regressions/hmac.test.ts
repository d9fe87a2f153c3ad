import { createHmac } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { answerOf, openHttp2 } from '../support/http2-caller.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { converse, generatedSecret, openSecureTunnel, startProxy, type TestProxy } from '../support/proxy.js';

const host = 'api.example.com';
const authority = testAuthority();
let origin: Origin;
let proxy: TestProxy;
let key: string;
let answer: RequestListener;

beforeEach(async () => {
  key = generatedSecret();
  answer = (_, response) => response.end('ok');
  origin = await startOrigin(authority, [host], (request, response) => answer(request, response));
});
afterEach(async () => {
  await proxy.close();
  await origin.close();
});

const template = 't={timestamp},n={nonce},v1={signature}';

async function open(mode: 'set' | 'substitute' = 'set', more = ''): Promise<void> {
  proxy = await startProxy({
    authority,
    origins: { [`${host}:443`]: origin.port },
    environment: { KEY: key },
    yaml: `
secrets: { signing: { from: env, name: KEY, hosts: [${host}] } }
policies:
  - name: api
    hosts: [${host}]
    inject:
      - sign: hmac
        secret: signing
        algorithm: sha256
        message: "{method}\\n{target}\\n{header.x-account}\\n{timestamp}.{nonce}.{body}"
        encoding: hex
        header: X-Signature
        template: "${template}"
        mode: ${mode}
${more}`,
  });
}

/** What the destination makes of a request: whether it was signed with the key, over what it has received. */
function verified({ method, url, rawHeaders, body }: Origin['seen'][number]): boolean {
  const valueOf = (name: string): string => {
    const at = rawHeaders.findIndex((field, index) => index % 2 === 0 && field.toLowerCase() === name);
    return at === -1 ? '' : (rawHeaders[at + 1] ?? '');
  };
  const [, timestamp = '', nonce = '', signature = ''] =
    /^t=(\d+),n=([0-9a-f]{32}),v1=([0-9a-f]{64})$/.exec(valueOf('x-signature')) ?? [];
  const head = `${method}\n${url}\n${valueOf('x-account')}\n${timestamp}.${nonce}.`;
  const mac = createHmac('sha256', key).update(Buffer.concat([Buffer.from(head, 'latin1'), body]));
  return (
    signature !== '' && signature === mac.digest('hex') && Math.abs(Number(timestamp) * 1000 - Date.now()) < 60_000
  );
}

const ask = async (request: string | Buffer): Promise<string> => {
  const socket = await openSecureTunnel(proxy, `${host}:443`);
  const text = await converse(socket, request, /\r\n\r\n[^]+$/);
  socket.destroy();
  return text;
};
const head = (method: string, ...fields: string[]): string =>
  [`${method} /v1/pay?to=a%20b HTTP/1.1`, `Host: ${host}`, ...fields, '', ''].join('\r\n');

describe('an attack on what an hmac signs', () => {
  it('with a line end in a header never comes so far', async () => {
    await open();
    for (const field of ['X-Account: a\nX-B: c', 'X-Account: a\r\n 1.2.body', 'X-Account: a\rb', 'X-Account: a\0b']) {
      expect(await ask(head('GET', field))).toMatch(/^HTTP\/1\.1 400 /);
    }
    expect(origin.seen).toEqual([]);
  });

  it('with a header twice, or in a spelling that reads the same, is refused', async () => {
    await open();
    for (const field of ['x-account: b', 'X_Account: b']) {
      expect(await ask(head('GET', 'X-Account: a', field))).toMatch(/^HTTP\/1\.1 403 /);
    }
    expect(proxy.reports.map(({ refusal, reason }) => [refusal.code, reason])).toEqual([
      ['unsignable', 'it has the header x-account more than once, which is signed'],
      ['unsignable', 'it has the header x-account more than once, which is signed'],
    ]);
    expect(origin.seen).toEqual([]);
  });

  it('with a signature of the caller’s own is in vain, in any spelling, in trailers too', async () => {
    await open();
    const request = head(
      'POST',
      'X-Account: a',
      'X-Signature: t=1,v1=a',
      'x_signature: b',
      'Transfer-Encoding: chunked',
    );
    expect(await ask(`${request}3\r\nabc\r\n0\r\nX-Signature: c\r\nX_Signature: d\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 200 /,
    );
    const [seen] = origin.seen;
    expect(seen?.rawHeaders.filter((name) => /^x.signature$/i.test(name))).toHaveLength(1);
    expect(seen && verified(seen)).toBe(true);
  });
});

describe('a request is signed over what its destination receives', () => {
  it.each<[string, string | Buffer]>([
    ['without a body', head('GET', 'X-Account: a')],
    ['with a body', `${head('POST', 'X-Account: ü'.normalize(), 'Content-Length: 5')}hello`],
    [
      'with a body in chunks',
      `${head('PUT', 'X-Account: a', 'Transfer-Encoding: chunked')}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`,
    ],
  ])('%s', async (_, request) => {
    await open();
    expect(await ask(request)).toMatch(/^HTTP\/1\.1 200 /);
    expect(origin.seen.map(verified)).toEqual([true]);
  });

  it('with a body in a content coding', async () => {
    await open();
    const coded = gzipSync('hello '.repeat(100));
    const fields = head('POST', 'X-Account: a', 'Content-Encoding: gzip', `Content-Length: ${coded.length}`);
    await ask(Buffer.concat([Buffer.from(fields), coded]));
    expect([origin.seen.map(verified), origin.seen[0]?.body]).toEqual([[true], coded]);
  });

  it('in HTTP/2, with a nonce of its own each time', async () => {
    await open();
    const session = await openHttp2(proxy, `${host}:443`);
    for (const body of ['one', 'one']) {
      const stream = session.request({ ':method': 'POST', ':path': '/v1/pay', 'x-account': 'a' });
      const answered = answerOf(stream);
      stream.end(body);
      expect((await answered).status).toBe(200);
    }
    session.destroy();
    expect(origin.seen.map(verified)).toEqual([true, true]);
    expect(new Set(origin.seen.map(({ rawHeaders }) => rawHeaders.find((value) => value.startsWith('t=')))).size).toBe(
      2,
    );
  });

  it('beside what other places have put there, which it covers', async () => {
    await open('set', `      - { place: header, name: X-Account, template: "{signing}" }`);
    await ask(head('GET'));
    expect(origin.seen.map(verified)).toEqual([true]);
    expect(origin.seen[0]?.rawHeaders).toContain(key);
    const [use] = proxy.records().filter(({ kind }) => kind === 'use');
    expect(use?.['injected']).toEqual(['hmac header x-signature', 'header x-account']);
  });

  it('in mode substitute where the caller sent its placeholder in that header, and nowhere else', async () => {
    await open('substitute');
    const ours = proxy.placeholders.of('desk', 'signing') ?? '';
    await ask(head('GET', 'X-Account: a', 'X-Signature: nothing'));
    await ask(head('GET', 'X-Account: a', `X-Signature: v1=${ours}`));
    expect(origin.seen.map(verified)).toEqual([false, true]);
    expect(await ask(head('GET', `X-Account: ${ours}`, `X-Signature: v1=${ours}`))).toMatch(/^HTTP\/1\.1 403 /);
    expect(proxy.alarms.map(({ kind }) => kind)).toEqual(['placeholder_misplaced']);
  });
});

describe('a signature that a destination repeats', () => {
  it.each<[string, (value: string) => string]>([
    ['as it is', (value) => value],
    ['in JSON', (value) => JSON.stringify({ error: `bad signature "${value}"` })],
    ['percent-encoded', (value) => Array.from(Buffer.from(value), (byte) => `%${byte.toString(16)}`).join('')],
    ['in base64', (value) => Buffer.from(value).toString('base64')],
  ])('%s is masked, in the body and in Location: it is good for a while', async (_, form) => {
    let sent = '';
    answer = (request, response) => {
      sent = /v1=(\w+)/.exec(String(request.headers['x-signature']))?.[1] ?? '';
      const shown = form(sent);
      response
        .writeHead(302, { location: `/?s=${shown.startsWith('%') ? shown : encodeURIComponent(shown)}` })
        .end(`${shown}.`);
    };
    await open();
    const text = await ask(head('GET', 'X-Account: a'));
    expect(text).toMatch(/^HTTP\/1\.1 302 /);
    expect(sent).toHaveLength(64);
    // What of it may show in base64 is the bits of its two ends.
    const middle = sent.slice(3, -3);
    const forms = [middle, form(middle), Buffer.from(sent).toString('base64').slice(4, -4)];
    expect(
      forms.filter(
        (one) => text.includes(one) || decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '')).includes(one),
      ),
    ).toEqual([]);
    expect(proxy.alarms).toMatchObject([{ kind: 'credential_echoed' }]);
  });
});
