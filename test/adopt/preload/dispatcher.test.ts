import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStage, type Stage } from './node-child.js';

let stage: Stage;
beforeAll(async () => void (stage = await openStage()));
afterAll(() => stage.close());

const undici = JSON.stringify(join(process.cwd(), 'node_modules/undici/index.js'));

async function asked(script: string, environment?: Record<string, string | undefined>) {
  const before = stage.proxy.asked.length;
  const shown = await stage.run(script, environment);
  return { shown, asked: stage.proxy.asked.slice(before) };
}

describe('fetch when the way is closed', () => {
  it('fails where the proxy variable is missing', async () => {
    const script = `show('text', await fetched('https://api.example.com/')); show('loopback', await fetched('https://localhost:' + process.env.ORIGIN));`;
    expect(await asked(script, { HTTPS_PROXY: undefined })).toEqual({
      shown: {
        text: expect.stringContaining('ERR_KEYWRIGHT_NO_PROXY'),
        loopback: `hello localhost:${stage.origin.port}`,
      },
      asked: [],
    });
  });

  it('fails where the proxy is gone', async () => {
    const { shown } = await asked(`show('text', await fetched('https://api.example.com/'));`, {
      HTTPS_PROXY: 'http://run:x@127.0.0.1:1',
    });
    expect(shown).toEqual({ text: expect.stringContaining('ECONNREFUSED') });
  });

  it('fails where undici cannot be loaded', async () => {
    const without = await openStage();
    const script = `import { unlinkSync } from 'node:fs'; unlinkSync(process.env.UNDICI);
      show('text', await fetched('https://api.example.com/')); show('https', await request('https://api.example.com/'));`;
    const shown = await without.run(script, { UNDICI: join(without.folder, 'preload/node_modules/undici') });
    expect(shown).toEqual({ text: expect.stringContaining('MODULE_NOT_FOUND'), https: 'hello api.example.com' });
    await without.close();
  });

  it('fails where the certificate is not trusted', async () => {
    const { shown } = await asked(`show('text', await fetched('https://api.example.com/'));`, {
      NODE_EXTRA_CA_CERTS: undefined,
    });
    expect(shown).toEqual({ text: expect.stringContaining('UNABLE_TO_VERIFY_LEAF_SIGNATURE') });
  });
});

describe('fetch and undici through the proxy', () => {
  it('share one dispatcher and its connections', async () => {
    const script = `for (const n of [1, 2]) { show(n, await fetched('https://api.example.com/')); await new Promise((resolve) => setTimeout(resolve, 20)); }`;
    expect(await asked(script)).toEqual({
      shown: { 1: 'hello api.example.com', 2: 'hello api.example.com' },
      asked: ['api.example.com:443'],
    });
  });

  it('load nothing of undici before the first use', async () => {
    const script = `import { createRequire } from 'node:module'; const { cache } = createRequire(import.meta.url);
      const loaded = () => Object.keys(cache).filter((path) => path.includes('undici')).length;
      show('before', loaded()); await fetched('https://api.example.com/'); show('after', loaded() > 0);`;
    expect((await asked(script)).shown).toEqual({ before: 0, after: true });
  });

  it('work for the undici package too', async () => {
    const script = `const { request: ask, fetch: own } = await import(${undici});
      show('request', await (await ask('https://api.example.com/')).body.text());
      show('fetch', await (await own('https://api.example.com/')).text());`;
    const { shown, asked: proxied } = await asked(script);
    expect(shown).toEqual({ request: 'hello api.example.com', fetch: 'hello api.example.com' });
    expect(new Set(proxied)).toEqual(new Set(['api.example.com:443']));
  });

  it.each(['globalThis.FormData', `(await import(${undici})).FormData`])('send a form of %s', async (made) => {
    const script = `const { request: ask } = await import(${undici});
      const form = new (${made})();
      form.append('name', 'ä'); form.append('name', '2'); form.append('file', new Blob([new Uint8Array([0, 255])], { type: 'image/png' }), 'a.png');
      show('text', await (await ask('https://api.example.com/', { method: 'POST', body: form })).body.text());`;
    expect((await asked(script)).shown).toEqual({ text: 'hello api.example.com' });
    const { rawHeaders = [], body = Buffer.alloc(0) } = stage.origin.seen.at(-1) ?? {};
    expect(rawHeaders).toEqual(expect.arrayContaining(['content-length', String(body.length)]));
    expect(rawHeaders).toContainEqual(expect.stringMatching(/^multipart\/form-data; boundary=/));
    const text = body.toString('utf8');
    for (const value of ['ä', '2']) expect(text).toContain(`name="name"\r\n\r\n${value}\r\n`);
    expect(text).toContain('name="file"; filename="a.png"\r\nContent-Type: image/png');
    expect(body.includes(Buffer.from([13, 10, 0, 255, 13, 10]))).toBe(true);
  });

  it('work for the methods of the dispatcher itself', async () => {
    const script = `const dispatcher = globalThis[Symbol.for('undici.globalDispatcher.1')];
      const { statusCode, body } = await dispatcher.request({ origin: 'https://api.example.com', path: '/', method: 'GET' });
      show('text', statusCode + ' ' + (await body.text()));
      show('composed', typeof dispatcher.compose((dispatch) => dispatch).dispatch);`;
    expect((await asked(script)).shown).toEqual({ text: '200 hello api.example.com', composed: 'function' });
  });

  it('leave a dispatcher that the program sets in force', async () => {
    const script = `const { setGlobalDispatcher, ProxyAgent, MockAgent } = await import(${undici});
      setGlobalDispatcher(new ProxyAgent(process.env.HTTPS_PROXY));
      show('proxy', await fetched('https://api.example.com/'));
      const mock = new MockAgent(); mock.disableNetConnect(); mock.get('https://api.example.com').intercept({ path: '/' }).reply(200, 'mocked'); setGlobalDispatcher(mock);
      show('mock', await fetched('https://api.example.com/'));`;
    expect((await asked(script)).shown).toEqual({ proxy: 'hello api.example.com', mock: 'mocked' });
  });

  it('work in a worker thread', async () => {
    const script = `const worker = new Worker("fetch('https://api.example.com/').then((r) => r.text()).then((t) => require('worker_threads').parentPort.postMessage(t))", { eval: true });
      show('text', await new Promise((resolve) => worker.once('message', resolve)));`;
    expect(await asked(script)).toEqual({ shown: { text: 'hello api.example.com' }, asked: ['api.example.com:443'] });
  });

  it('can be aborted while the proxy is silent', async () => {
    const silent = await openStage(() => undefined);
    const script = `show('text', await fetch('https://api.example.com/', { signal: AbortSignal.timeout(50) }).then(() => '', (error) => error.name)); process.exit();`;
    expect(await silent.run(script)).toEqual({ text: 'TimeoutError' });
    await silent.close();
  });
});
