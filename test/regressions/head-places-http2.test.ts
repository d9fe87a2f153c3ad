import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClientHttp2Session } from 'node:http2';
import { answerOf, openHttp2 } from '../support/http2-caller.js';
import { flag, type } from '../support/http2-frames.js';
import { representations } from '../support/http2-server-frames.js';
import { generatedSecret, startProxy, type TestProxy } from '../support/proxy.js';
import { authority, closeAll, startFrameOrigin, startHttp2Origin } from '../upstream/sending.js';

const secret = `12345:${generatedSecret()}`;
const arrived: Record<string, unknown>[] = [];
const proxies: TestProxy[] = [];
let session: ClientHttp2Session;

async function open(port: number): Promise<ClientHttp2Session> {
  const proxy = await startProxy({
    origins: { 'a.test:443': port },
    authority,
    environment: { TOKEN: secret },
    yaml: `
secrets:
  api: { from: env, name: TOKEN, hosts: [a.test] }
policies:
  - { name: query, hosts: [a.test], paths: [/query], inject: [{ place: query, name: key, template: "{api}" }] }
  - { name: path, hosts: [a.test], paths: [/*/getMe], inject: [{ place: path, template: "/bot{api}" }] }
  - { name: cookie, hosts: [a.test], paths: [/cookie], inject: [{ place: cookie, name: d, template: "{api}" }] }
  - name: chat
    hosts: [a.test]
    paths: [/chat]
    inject: [{ place: cookie, name: d, template: "{api}", mode: substitute }]
limits: { drain_timeout: 300ms }
`,
  });
  proxies.push(proxy);
  return openHttp2(proxy, 'a.test:443');
}

beforeAll(async () => {
  const { port } = await startHttp2Origin((stream, headers) => {
    arrived.push(headers);
    const path = (headers[':path'] as string).slice(0, 1000);
    stream.respond({ ':status': 200, 'x-path': path, 'set-cookie': [`d=${secret}`] });
    stream.end(`you asked for ${path} with ${String(headers['cookie'])}`);
  });
  session = await open(port);
});
beforeEach(() => void arrived.splice(0));
afterAll(async () => {
  session.destroy();
  for (const proxy of proxies) await proxy.close();
  await closeAll();
});

describe('in HTTP/2 at both sides', () => {
  it.each([
    ['/query?a=1&key=own', `/query?a=1&key=${encodeURIComponent(secret)}`],
    ['/botown/getMe?x', `/bot${secret}/getMe?x`],
  ])('a credential stands in :path, and no echo of it comes back: %s', async (path, expected) => {
    const answer = await answerOf(session.request({ ':path': path }));
    expect(arrived).toEqual([expect.objectContaining({ ':path': expected })]);
    expect(answer.headers['x-path']).toMatch(/\*{20}/);
    expect(answer.body).toMatch(/^you asked for \/.*\*{20}/);
    expect(JSON.stringify(answer)).not.toContain(secret);
    expect(JSON.stringify(answer)).not.toContain(encodeURIComponent(secret));
  });

  it('a cookie is set among those that came in pieces, and Set-Cookie does not bring it back', async () => {
    const answer = await answerOf(session.request({ ':path': '/cookie', cookie: ['a=1', 'd=own', 'b="2"', 'd=own2'] }));
    expect(arrived).toEqual([expect.objectContaining({ cookie: `a=1; b="2"; d=${secret}` })]);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.body).toMatch(/d=\*{20}/);
  });

  it('a placeholder is replaced in the piece where it stands', async () => {
    const placeholder = proxies[0]?.placeholders.of('desk', 'api') ?? '';
    await answerOf(session.request({ ':path': '/chat', cookie: ['a=1', `d=${placeholder}`, 'b=2'] }));
    expect(arrived).toEqual([expect.objectContaining({ cookie: `a=1; d=${secret}; b=2` })]);
  });

  it('a query that is nearly as long as a request may be goes out with more', async () => {
    const long = 'q'.repeat(65_200);
    expect(await answerOf(session.request({ ':path': `/query?a=${long}` }))).toMatchObject({ status: 200 });
    expect(arrived[0]?.[':path']).toBe(`/query?a=${long}&key=${encodeURIComponent(secret)}`);
  });
});

it('a path or query with a credential is in no compression table', async () => {
  const blocks: Buffer[] = [];
  const { port } = await startFrameOrigin(async (peer) => {
    for (;;) {
      const { payload, stream } = await peer.next(type.headers);
      blocks.push(payload);
      peer.headers(stream, { ':status': '204' }, flag.endStream);
    }
  });
  const framed = await open(port);
  for (const path of ['/query', '/query', '/bot/getMe', '/bot/getMe', '/cookie', '/cookie']) {
    await answerOf(framed.request({ ':path': path }));
  }
  framed.destroy();
  // `:path` is the name at 4 and 5 of the static table, `cookie` at 32 (RFC 7541 appendix A).
  const path = { as: 'never indexed', name: 4 };
  const cookie = { as: 'never indexed', name: 32 };
  const found = blocks.map((block) => representations(block).filter(({ as }) => as === 'never indexed'));
  expect(found).toEqual([[path], [path], [path], [path], [cookie], [cookie]]);
});
