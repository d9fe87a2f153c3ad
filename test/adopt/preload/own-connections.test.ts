import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openStage, type Stage } from './node-child.js';

let stage: Stage;
beforeAll(async () => void (stage = await openStage()));
afterAll(() => stage.close());

/** What the proxy was asked since. */
async function asked(script: string, environment?: Record<string, string | undefined>) {
  const before = stage.proxy.asked.length;
  const shown = await stage.run(`import net from 'node:net'; import tls from 'node:tls';${script}`, environment);
  return { shown, asked: stage.proxy.asked.slice(before) };
}

/** Node knows no port for requests without an agent. */
const secure = `{ defaultPort: 443, createConnection: (options) => tls.connect({ ...options, path: undefined, servername: options.host }) }`;
const plain = `{ createConnection: (options) => net.connect({ ...options, path: undefined }) }`;
const ws = JSON.stringify(join(process.cwd(), 'node_modules/ws/wrapper.mjs'));
const opened = (url: string): string => `const { WebSocket } = await import(${ws});
  show('said', await new Promise((resolve) => new WebSocket('${url}').on('error', (error) => resolve(failure(error)))));`;

describe('requests that open their connection without an agent', () => {
  it('fail where the proxy variable is missing, and nothing goes out', async () => {
    const script = `show('https', await request('https://api.example.com/', ${secure}));
      show('http', await request('http://api.example.com/', ${plain}, http));`;
    const { shown } = await asked(script, { HTTPS_PROXY: undefined });
    const failed = expect.stringContaining('ERR_KEYWRIGHT_NO_PROXY');
    expect(shown).toEqual({ https: failed, http: failed });
  });

  it('fail where the certificate is for another name', async () => {
    const { shown } = await asked(`show('https', await request('https://other.example.com/', ${secure}));`);
    expect(shown).toEqual({ https: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') });
  });

  it.each(['request', 'get'])('go through the proxy by https.%s', async (name) => {
    const script = `show('https', await new Promise((resolve) => https.${name}('https://api.example.com/', ${secure}, (answer) => resolve(read(answer))).end()));`;
    expect(await asked(script)).toEqual({ shown: { https: 'hello api.example.com' }, asked: ['api.example.com:443'] });
  });

  it('go through the proxy by a function that was imported by its name, and by options alone', async () => {
    const script = `show('https', await new Promise((resolve) => get({ host: 'api.example.com', ...${secure} }, (answer) => resolve(read(answer)))));`;
    expect(await asked(script)).toEqual({ shown: { https: 'hello api.example.com' }, asked: ['api.example.com:443'] });
  });

  it.each([
    ['wss://api.example.com/x', 'api.example.com:443', 'failed: Unexpected server response: 200'],
    ['ws://api.example.com/x', 'api.example.com:80', expect.stringContaining('failed')],
  ])('go through the proxy by the ws package: %s', async (url, authority, said) => {
    expect(await asked(opened(url))).toEqual({ shown: { said }, asked: [authority] });
  });

  it('reach what is on this machine without it', async () => {
    const script = `show('https', await request('https://localhost:' + process.env.ORIGIN, ${secure}));`;
    expect(await asked(script)).toEqual({ shown: { https: `hello localhost:${stage.origin.port}` }, asked: [] });
  });

  it('keep a connection that was made before, and what else the program opens stays its own', async () => {
    const script = `const before = [tls.connect, net.connect, net.createConnection];
      const own = tls.connect({ port: Number(process.env.ORIGIN), servername: 'localhost' });
      show('https', await request('https://api.example.com/', { defaultPort: 443, createConnection: () => own }));
      show('same', before[0] === tls.connect && before[1] === net.connect && before[2] === net.createConnection);
      show('thrown', await request('https://api.example.com/', { createConnection: () => { throw new Error('mine'); } }).catch(failure));
      show('after', before[0] === tls.connect);`;
    expect(await asked(script)).toEqual({
      shown: { https: 'hello api.example.com', same: true, thrown: 'failed: mine', after: true },
      asked: [],
    });
  });

  it('leave an agent that stands beside it to do its work', async () => {
    const script = `show('https', await request('https://api.example.com/', { ...${secure}, agent: new https.Agent() }));`;
    expect((await asked(script)).asked).toEqual(['api.example.com:443']);
  });
});
