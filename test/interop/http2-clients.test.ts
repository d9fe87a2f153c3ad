import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ProxyAgent, request } from 'undici';
import { testAuthority } from '../support/certificates.js';
import { startForwarder } from '../support/connect-forwarder.js';
import { startOrigin, type Origin } from '../support/origin.js';
import { generatedSecret } from '../support/proxy.js';
import { proxyAuthorization, startServe, type Serving } from '../support/serve.js';
import { ended, has, type Ended } from '../support/run.js';
import { routeThrough } from './served.js';

jest.setTimeout(60_000);

const api = 'api.example.com';
const secret = generatedSecret();
const MiB = 1024 * 1024;
let folder: string;
let origin: Origin;
let serving: Serving;
let forwarder: Awaited<ReturnType<typeof startForwarder>>;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-http2-'));
  const authority = testAuthority();
  origin = await startOrigin(authority, [api], (incoming, response) => {
    if (incoming.url === '/large') response.end(Buffer.alloc(16 * MiB, 'x'));
    else if (incoming.headers['expect'] !== undefined) response.writeHead(417).end();
    else incoming.resume().once('end', () => response.end(`${incoming.method ?? ''} ok`));
  });
  serving = await startServe({
    authority,
    origins: { [`${api}:443`]: origin.port },
    environment: { TOKEN: secret },
    yaml: `
secrets: { api: { from: env, name: TOKEN, hosts: [${api}] } }
policies:
  - name: api
    hosts: [${api}]
    methods: [GET, HEAD, POST]
    paths: [/**]
    inject: [{ place: header, name: authorization, template: "Bearer {api}" }]
`,
  });
  forwarder = await startForwarder(serving.port, `${api}:443`, proxyAuthorization('desk', serving.token));
});
beforeEach(() => {
  origin.seen.length = 0;
});
afterAll(async () => {
  await serving.close();
  await forwarder.close();
  await origin.close();
  rmSync(folder, { recursive: true });
});

async function run(command: string, ...args: readonly string[]): Promise<Ended> {
  const child = spawn(command, args, { env: routeThrough(serving).shell, cwd: folder, timeout: 50_000 });
  child.stdin.end();
  return ended(child);
}

const uses = (): number => serving.records().filter(({ kind }) => kind === 'use').length;

/** Each request at the destination carries the credential. */
function credentialsSeen(): readonly boolean[] {
  return origin.seen.map(({ rawHeaders }) => rawHeaders.includes(`Bearer ${secret}`));
}

(has('sh', '-c', 'curl --version | grep -q HTTP2') ? describe : describe.skip)('curl --http2', () => {
  const curl = async (...args: readonly string[]): Promise<Ended> => {
    const { proxyUrl, trustFile } = routeThrough(serving);
    const own = [
      '-sS',
      '--http2',
      '--proxy',
      proxyUrl,
      '--cacert',
      trustFile,
      '-w',
      '%{stderr}%{http_version} %{http_code}',
    ];
    return run('curl', ...own, ...args);
  };

  it('gets an answer, and shares its connection between requests', async () => {
    const { stdout, stderr } = await curl(`https://${api}/a`, `https://${api}/b`);
    expect([stdout, stderr]).toEqual(['GET okGET ok', '2 2002 200']);
    expect(credentialsSeen()).toEqual([true, true]);
  });

  it('uploads a file that is larger than any buffer, announced or not', async () => {
    writeFileSync(join(folder, 'large'), Buffer.alloc(16 * MiB, 'y'));
    for (const length of [[], ['-H', 'Transfer-Encoding: chunked']]) {
      const { stdout, stderr } = await curl('--data-binary', '@large', ...length, `https://${api}/up`);
      expect([stdout, stderr]).toEqual(['POST ok', '2 200']);
    }
    expect(origin.seen.map(({ body }) => body.length)).toEqual([16 * MiB, 16 * MiB]);
  });

  it('reads why an upload is refused', async () => {
    const { stdout, stderr } = await curl('-T', 'large', `https://${api}/up`);
    expect(stdout).toContain('no_policy');
    expect(stderr).toMatch(/2 403$/);
    expect(origin.seen).toEqual([]);
  });

  it('downloads, and asks for the head alone', async () => {
    expect((await curl(`https://${api}/large`)).stdout).toHaveLength(16 * MiB);
    const { stdout, stderr } = await curl('--head', '--suppress-connect-headers', `https://${api}/large`);
    expect(stdout).toMatch(/^HTTP\/2 200/);
    expect(stderr).toBe('2 200');
  });
});

(has('nghttp', '--version') ? describe : describe.skip)('nghttp', () => {
  it('gets many answers on one connection', async () => {
    const urls = Array.from({ length: 20 }, (_, index) => `https://${api}:${forwarder.port}/${index}`);
    // It takes its authority from the URL, and knows of no proxy.
    const local = urls.map((url) => url.replace(api, '127.0.0.1'));
    const { stdout } = await run('nghttp', '--no-verify-peer', '-s', '-n', '-H', `:authority: ${api}`, ...local);
    expect(stdout.match(/ 200 /g) ?? []).toHaveLength(20);
    expect(credentialsSeen()).toHaveLength(20);
  });
});

(has('h2load', '--version') ? describe : describe.skip)('h2load', () => {
  it('has all of its streams served, and each is recorded', async () => {
    const before = uses();
    const args = [
      '-n',
      '400',
      '-c',
      '4',
      '-m',
      '50',
      '-H',
      `:authority: ${api}`,
      `https://127.0.0.1:${forwarder.port}/`,
    ];
    const { stdout } = await run('h2load', ...args);
    expect(stdout).toMatch(/400 total, 400 started, 400 done, 400 succeeded, 0 failed, 0 errored, 0 timeout/);
    expect(credentialsSeen().filter(Boolean)).toHaveLength(400);
    expect(uses() - before).toBe(400);
  });
});

describe('undici with HTTP/2 allowed', () => {
  it('is served by it', async () => {
    const { proxyUrl, trustPem } = routeThrough(serving);
    const dispatcher = new ProxyAgent({
      uri: proxyUrl,
      requestTls: { ca: trustPem, allowH2: true },
      allowH2: true,
    });
    const answers = await Promise.all(
      [1, 2, 3].map(async (one) => {
        const { statusCode, body } = await request(`https://${api}/${one}`, {
          dispatcher,
          method: 'POST',
          body: 'some',
        });
        return [statusCode, await body.text()];
      }),
    );
    expect(answers).toEqual([1, 2, 3].map(() => [200, 'POST ok']));
    // A refusal is one of gRPC in HTTP/2 only.
    const headers = { 'content-type': 'application/grpc' };
    const refused = await request(`https://${api}/`, { dispatcher, method: 'PUT', body: 'some', headers });
    expect([refused.statusCode, refused.headers['grpc-status']]).toEqual([200, '7']);
    await dispatcher.close();
  });
});
