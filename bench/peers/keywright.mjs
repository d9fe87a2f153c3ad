import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { host } from '../materials.mjs';
import { freePort, startPinned, untilListening } from '../process/start.mjs';

const here = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** Keywright with everything on: client token, policy, injection, scrubbing, audit to a file. `program` is its `dist/main.js`. */
export const keywrightOf = (program) => ({
  name: 'keywright',
  title: 'Keywright',
  clientHoldsCredential: false,
  unavailable: () => (existsSync(program) ? null : 'it is not built; `npm run build` makes dist/main.js'),
  version: () => JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version,
  async start({ materials, destinationPort, core, options }) {
    const port = await freePort();
    const dir = join(materials.dir, `keywright-${port}`);
    mkdirSync(dir, { mode: 0o700 });
    const file = join(dir, 'keywright.yaml');
    writeFileSync(file, configuration(dir, port, destinationPort, materials));
    const profiler = options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${resolve(options.profile)}`];
    const since = performance.now();
    const started = startPinned(core, process.execPath, [...profiler, program, 'serve', '--config', file], {
      cwd: dir,
      env: { BENCH_CREDENTIAL: materials.credential },
    });
    const readyMs = await untilListening(started, port, since);
    return { started, port, readyMs, trust: readFileSync(join(dir, 'ca/ca.pem'), 'utf8') };
  },
});

export const keywright = keywrightOf(here);

function configuration(dir, port, destinationPort, { origin, tokenSha256 }) {
  const authority = `${host}:${destinationPort}`;
  return `version: 1
listen:
  proxy: ["127.0.0.1:${port}"]
ca: { mode: generate, dir: ${join(dir, 'ca')} }
secrets:
  bench: { from: env, name: BENCH_CREDENTIAL, hosts: ["${authority}"] }
clients:
  - { name: bench, token_sha256: ${tokenSha256} }
destinations:
  "${authority}": { address: "127.0.0.1:${destinationPort}", ca_file: ${origin.certificate} }
policies:
  - name: bench-read
    clients: [bench]
    hosts: ["${authority}"]
    methods: [GET, POST]
    paths: [/json, /gzip, "/bytes/*", /socket, /bench.Bench/Get]
    inject:
      - { place: header, name: authorization, template: "Bearer {bench}" }
audit: [{ type: file, dir: ${join(dir, 'audit')} }]
`;
}
