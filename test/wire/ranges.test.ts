import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testAuthority } from '../support/certificates.js';
import { startRawOrigin } from '../support/origin.js';
import { converse, generatedSecret, openSecureTunnel, startProxy, type TestProxy } from '../support/proxy.js';

const keyed = 'api.example.com';
const open = 'open.example.com';
const content = 'abcdefghijklmnopqrstuvwxyz';
const parts =
  '--b\r\nContent-Range: bytes 0-1/26\r\n\r\nab\r\n--b\r\nContent-Range: bytes 4-5/26\r\n\r\nef\r\n--b--\r\n';

let origin: Awaited<ReturnType<typeof startRawOrigin>>;
let proxy: TestProxy;
let arrived = '';

/** Answers as a server of static files does (RFC 9110 section 14). */
function answerTo(head: string): string {
  const range = /^range: bytes=(.*)$/im.exec(head)?.[1];
  const changed = /^if-range: (?!"v1")/im.test(head);
  const [, from = '', to = ''] = /^(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  if (range === undefined || changed) return answer('200 OK', content);
  if (range.includes(','))
    return answer('206 Partial Content', parts, 'Content-Type: multipart/byteranges; boundary=b');
  if (Number(from) >= content.length)
    return answer('416 Range Not Satisfiable', 'no', `Content-Range: bytes */${content.length}`);
  const end = to === '' ? content.length - 1 : Number(to);
  const part = content.slice(Number(from), end + 1);
  return answer('206 Partial Content', part, `Content-Range: bytes ${from}-${end}/${content.length}`);
}

function answer(status: string, body: string, ...fields: string[]): string {
  const own = ['ETag: "v1"', 'Accept-Ranges: bytes', `Content-Length: ${body.length}`];
  return [`HTTP/1.1 ${status}`, ...fields, ...own, '', body].join('\r\n');
}

beforeAll(async () => {
  const authority = testAuthority();
  origin = await startRawOrigin(authority, [keyed, open], (socket) => {
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      if (!text.endsWith('\r\n\r\n')) return;
      arrived = text;
      text = '';
      socket.write(answerTo(arrived), 'latin1');
    });
  });
  proxy = await startProxy({
    origins: { [`${keyed}:443`]: origin.port, [`${open}:443`]: origin.port },
    authority,
    environment: { TOKEN: generatedSecret() },
    yaml: `
secrets: { api: { from: env, name: TOKEN, hosts: [${keyed}] } }
policies:
  - { name: keyed, hosts: [${keyed}], inject: [{ place: header, name: x-key, template: "{api}" }] }
  - { name: open, hosts: [${open}] }
`,
  });
});
afterAll(async () => {
  await proxy.close();
  await origin.close();
});

async function ask(host: string, ...fields: string[]): Promise<{ head: string; body: string }> {
  const socket = await openSecureTunnel(proxy, `${host}:443`);
  const lines = [`GET / HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...fields, '', ''];
  const text = await converse(socket, lines.join('\r\n'));
  socket.destroy();
  const end = text.indexOf('\r\n\r\n');
  return { head: text.slice(0, end + 2), body: text.slice(end + 4) };
}

const without = [open] as const;
const both = [open, keyed] as const;

describe('a range', () => {
  it.each(both)('of one part passes as it is (%s)', async (host) => {
    const { head, body } = await ask(host, 'Range: bytes=2-5');
    expect(head).toMatch(/^HTTP\/1\.1 206 /);
    expect(head).toContain(
      'Content-Range: bytes 2-5/26\r\nETag: "v1"\r\nAccept-Ranges: bytes\r\nContent-Length: 4\r\n',
    );
    expect(body).toBe('cdef');
  });

  it.each(both)('passes with its condition, met or not (%s)', async (host) => {
    expect((await ask(host, 'Range: bytes=20-', 'If-Range: "v1"')).body).toBe('uvwxyz');
    const { head, body } = await ask(host, 'Range: bytes=20-', 'If-Range: "v0"');
    expect(arrived).toMatch(/\r\nIf-Range: "v0"\r\n/);
    expect([head.slice(9, 12), body]).toEqual(['200', content]);
  });

  it.each(both)('that cannot be satisfied is told so by the destination (%s)', async (host) => {
    const { head, body } = await ask(host, 'Range: bytes=99-');
    expect(head).toMatch(/^HTTP\/1\.1 416 [^]*Content-Range: bytes \*\/26\r\n/);
    expect(body).toBe('no');
  });

  it.each(without)('of several parts passes without a credential (%s)', async (host) => {
    const { head, body } = await ask(host, 'Range: bytes=0-1,4-5');
    expect(head).toMatch(/^HTTP\/1\.1 206 [^]*Content-Type: multipart\/byteranges; boundary=b\r\n/);
    expect(body).toBe(parts);
  });

  it('of several parts is not asked for with a credential: the answer is whole', async () => {
    const { head, body } = await ask(keyed, 'Range: bytes=0-1,4-5', 'If-Range: "v1"');
    expect(arrived).not.toMatch(/range/i);
    expect([head.slice(9, 12), body]).toEqual(['200', content]);
  });

  it('is asked for of plain bytes with a credential', async () => {
    await ask(keyed, 'Range: bytes=0-1', 'Accept-Encoding: gzip, br');
    expect(arrived).toMatch(/\r\naccept-encoding: identity\r\n/);
    await ask(open, 'Range: bytes=0-1', 'Accept-Encoding: gzip, br');
    expect(arrived).toMatch(/\r\nAccept-Encoding: gzip, br\r\n/);
  });
});
