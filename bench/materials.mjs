import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The destination's name, for every peer; each peer has its own way to send it to loopback. */
export const host = 'api.bench.test';

/**
 * A folder with two throw-away P-256 CAs: `origin` signs the destination, `proxy` is what squid and mitmproxy intercept with.
 * The client token and the credential are made anew for each start of the benchmark.
 */
export function makeMaterials() {
  const dir = mkdtempSync(join(tmpdir(), 'keywright-bench-'));
  // squid drops to its own user and has to read its CA.
  chmodSync(dir, 0o755);
  const origin = makeAuthority(dir, 'origin');
  const proxy = makeAuthority(dir, 'proxy');
  const token = randomBytes(32).toString('base64url');
  return {
    dir,
    origin,
    proxy,
    destination: makeLeaf(dir, 'destination', origin),
    interception: makeLeaf(dir, 'interception', proxy),
    token,
    tokenSha256: createHash('sha256').update(token).digest('hex'),
    credential: `bench_${randomBytes(20).toString('hex')}`,
  };
}

function makeAuthority(dir, name) {
  const paths = pathsOf(dir, name);
  openssl(
    'req',
    '-x509',
    ...newKey(paths.key),
    '-out',
    paths.certificate,
    '-days',
    '7',
    '-subj',
    `/CN=bench ${name} CA`,
  );
  chmodSync(paths.key, 0o644);
  return { ...paths, pem: readFileSync(paths.certificate, 'utf8') };
}

function makeLeaf(dir, name, authority) {
  const paths = pathsOf(dir, name);
  const request = join(dir, `${name}.csr`);
  const extensions = join(dir, `${name}.ext`);
  writeFileSync(extensions, `subjectAltName=DNS:${host}\nextendedKeyUsage=serverAuth\n`);
  openssl('req', ...newKey(paths.key), '-out', request, '-subj', `/CN=${host}`);
  const signer = ['-CA', authority.certificate, '-CAkey', authority.key, '-CAcreateserial'];
  openssl('x509', '-req', '-in', request, ...signer, '-out', paths.certificate, '-days', '7', '-extfile', extensions);
  return paths;
}

const pathsOf = (dir, name) => ({ certificate: join(dir, `${name}.pem`), key: join(dir, `${name}-key.pem`) });

const newKey = (path) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', path];

function openssl(...args) {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
