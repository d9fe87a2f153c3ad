import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStage, type Stage } from './node-child.js';

let stage: Stage;
beforeAll(async () => void (stage = await openStage()));
afterAll(() => stage.close());

/** What the proxy was asked since. */
async function asked(script: string, environment?: Record<string, string | undefined>) {
  const before = stage.proxy.asked.length;
  const shown = await stage.run(script, environment);
  return { shown, asked: stage.proxy.asked.slice(before) };
}

describe('requests of node:https and node:http when the way is closed', () => {
  it('fail where the proxy variable is missing, and nothing goes out', async () => {
    const script = `show('https', await request('https://api.example.com/'));
      show('private', await request('https://api.example.com/', { agent: new https.Agent() }));
      show('http', await request('http://api.example.com/', {}, http));
      show('loopback', await request('https://localhost:' + process.env.ORIGIN + '/'));`;
    const { shown } = await asked(script, { HTTPS_PROXY: undefined });
    expect(shown).toEqual({
      https: expect.stringContaining('ERR_KEYWRIGHT_NO_PROXY'),
      private: expect.stringContaining('ERR_KEYWRIGHT_NO_PROXY'),
      http: expect.stringContaining('ERR_KEYWRIGHT_NO_PROXY'),
      loopback: `hello localhost:${stage.origin.port}`,
    });
  });

  it('fail where the proxy is gone', async () => {
    const script = `show('https', await request('https://api.example.com/')); show('http', await request('http://api.example.com/', {}, http));`;
    const { shown } = await asked(script, { HTTPS_PROXY: 'http://run:x@127.0.0.1:1' });
    expect(shown).toEqual({
      https: expect.stringContaining('ECONNREFUSED'),
      http: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('fail where the proxy refuses the credentials', async () => {
    const { shown } = await asked(`show('https', await request('https://api.example.com/'));`, {
      HTTPS_PROXY: stage.proxy.url.replace('run:', 'other:'),
    });
    expect(shown).toEqual({ https: expect.stringMatching(/ERR_KEYWRIGHT_TUNNEL.*407/) });
  });

  it('fail where the destination has a certificate that is not trusted', async () => {
    const { shown } = await asked(`show('https', await request('https://api.example.com/'));`, {
      NODE_EXTRA_CA_CERTS: undefined,
    });
    expect(shown).toEqual({ https: expect.stringContaining('UNABLE_TO_VERIFY_LEAF_SIGNATURE') });
  });

  it('fail where the destination has a certificate for another name', async () => {
    const { shown } = await asked(`show('https', await request('https://other.example.com/'));`);
    expect(shown).toEqual({ https: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') });
  });
});

describe('requests of node:https through the proxy', () => {
  it.each([
    ['the default agent', '{}'],
    ['a private agent', '{ agent: new https.Agent({ keepAlive: true, maxSockets: 1 }) }'],
    ['an agent of a class of its own', '{ agent: new (class extends https.Agent {})() }'],
    ['no agent', '{ agent: false }'],
    [
      'an agent that touches its socket at once',
      `{ agent: new (class extends https.Agent { createConnection(...p) { const s = super.createConnection(...p); s.setTimeout(5000); s.setNoDelay(true); return s; } })() }`,
    ],
  ])('with %s', async (_, options) => {
    const result = await asked(`show('text', await request('https://api.example.com/', ${options}));`);
    expect(result).toEqual({ shown: { text: 'hello api.example.com' }, asked: ['api.example.com:443'] });
  });

  it('by a name imported from the module, and from a worker thread', async () => {
    const script = `show('named', await new Promise((resolve) => get('https://api.example.com/', (r) => resolve(read(r)))));
      const worker = new Worker("require('https').get('https://api.example.com/', (r) => { r.resume(); require('worker_threads').parentPort.postMessage(r.statusCode); })", { eval: true });
      show('worker', await new Promise((resolve) => worker.once('message', resolve)));`;
    const result = await asked(script);
    expect(result.shown).toEqual({ named: 'hello api.example.com', worker: 200 });
    expect(result.asked).toEqual(['api.example.com:443', 'api.example.com:443']);
  });

  it('reuse a kept-alive connection, and the process ends while it is idle', async () => {
    const script = `const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
      for (const n of [1, 2, 3]) show(n, await request('https://api.example.com/' + n, { agent }));`;
    const result = await asked(script);
    expect(Object.keys(result.shown)).toHaveLength(3);
    expect(result.asked).toHaveLength(1);
  });

  it('keep to maxSockets', async () => {
    const script = `const agent = new https.Agent({ keepAlive: true, maxSockets: 2 });
      show('texts', (await Promise.all(Array.from({ length: 8 }, () => request('https://api.example.com/', { agent })))).length);`;
    expect((await asked(script)).asked).toHaveLength(2);
  });

  it('go direct where NO_PROXY says so', async () => {
    const { shown, asked: proxied } = await asked(`show('text', await request('https://api.example.com:1/'));`, {
      NO_PROXY: 'example.com',
    });
    expect(proxied).toEqual([]);
    expect(shown).toEqual({ text: expect.stringMatching(/ENOTFOUND|EAI_AGAIN|ECONNREFUSED/) });
  });

  it('send and receive large bodies whole', async () => {
    const script = `const { createHash } = await import('node:crypto'); const body = Buffer.alloc(3_000_000, 'abc');
      show('text', await new Promise((resolve) => https.request('https://api.example.com/', { method: 'POST' }, (r) => resolve(read(r))).end(body)));`;
    await asked(script);
    // Compared as bytes: `toEqual` looks at three million elements one by one.
    const seen = stage.origin.seen.at(-1);
    // The origin answers before it has read all, and remembers a body when its request is over.
    while (seen?.body.length === 0) await delay(5);
    expect(seen?.body.equals(Buffer.alloc(3_000_000, 'abc'))).toBe(true);
  });

  it('can be aborted and time out while the proxy is silent', async () => {
    const silent = await openStage(() => undefined);
    const script = `show('aborted', await request('https://api.example.com/', { signal: AbortSignal.timeout(50) }));
      show('timeout', await new Promise((resolve) => { const r = https.get('https://api.example.com/', { timeout: 50 }); r.on('timeout', () => r.destroy(new Error('late'))); r.on('error', (e) => resolve(e.message)); }));`;
    expect(await silent.run(script)).toEqual({ aborted: expect.stringContaining('ABORT_ERR'), timeout: 'late' });
    await silent.close();
  });
});

describe('agents that are none of ours', () => {
  it('keep a createConnection of their own', async () => {
    const script = `import tls from 'node:tls';
      class Own extends https.Agent { createConnection(options) { return tls.connect({ ...options, host: '127.0.0.1', port: Number(process.env.ORIGIN) }); } }
      show('text', await request('https://api.example.com/', { agent: new Own() }));`;
    expect(await asked(script)).toEqual({ shown: { text: 'hello api.example.com' }, asked: [] });
  });

  it('may talk over a unix socket', async () => {
    const script = `const server = http.createServer((_, response) => response.end('local')).listen(process.env.SOCKET);
      await new Promise((resolve) => server.once('listening', resolve));
      show('text', await request('http://api.example.com/', { socketPath: process.env.SOCKET }, http)); server.close(); server.closeAllConnections();`;
    expect(await asked(script, { SOCKET: `${stage.folder}/s` })).toEqual({ shown: { text: 'local' }, asked: [] });
  });
});

describe('requests of node:http', () => {
  it('go through a tunnel to port 80', async () => {
    const clear = await openStage((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket
        .on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok'))
        .resume();
    });
    const script = `show('default', await request('http://api.example.com/', {}, http)); show('private', await request('http://api.example.com/', { agent: new http.Agent() }, http));`;
    expect(await clear.run(script)).toEqual({ default: 'ok', private: 'ok' });
    expect(clear.proxy.asked).toEqual(['api.example.com:80', 'api.example.com:80']);
    await clear.close();
  });
});
