import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createMemoryAuthority, type IssuingAuthority } from '../../src/ca/authority.js';
import { loadFileAuthority } from '../../src/ca/operator-files.js';
import { systemClock } from '../../src/core/clock.js';
import { corporate, member, newKeys } from './corporate.js';

const base = mkdtempSync(join(tmpdir(), 'keywright-verification-'));
afterAll(() => rmSync(base, { recursive: true }));
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(base, 'x-'));
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
/** Skipped, and seen to be, where there is no openssl binary. */
const withOpenssl = hasOpenssl ? it : it.skip;
const hasPython = spawnSync('python3', ['-c', 'import ssl; ssl.VERIFY_X509_STRICT']).status === 0;
const withPython = hasPython ? it : it.skip;

function files(certificate: string, key: string): { cert_file: string; key_file: string } {
  const paths = { cert_file: join(dir, 'cert.pem'), key_file: join(dir, 'key.pem') };
  writeFileSync(paths.cert_file, certificate);
  writeFileSync(paths.key_file, key, { mode: 0o600 });
  return paths;
}

/** What `openssl verify` says: ok, or the reason it gives. */
function verify(authority: IssuingAuthority, leaf: string, host: string): string {
  const [root, chain, own] = [join(dir, 'root.pem'), join(dir, 'chain.pem'), join(dir, 'leaf.pem')];
  writeFileSync(root, authority.trustPem);
  writeFileSync(chain, leaf);
  writeFileSync(own, leaf.split(/(?<=-----END CERTIFICATE-----\n)/)[0] ?? '');
  const name = /^[\d.]+$|:/.test(host) ? ['-verify_ip', host] : ['-verify_hostname', host];
  const args = ['verify', '-x509_strict', '-purpose', 'sslserver', ...name, '-CAfile', root, '-untrusted', chain, own];
  const { status, stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' });
  return status === 0 ? 'ok' : stdout + stderr;
}

describe('the intermediate of an operator, as OpenSSL sees it', () => {
  withOpenssl.each(['with its root before it in the file', 'without'])('may be an intermediate, %s', (how) => {
    const { root, intermediate } = corporate();
    const authority = loadFileAuthority({
      ...files(how === 'without' ? intermediate.pem : root.pem + intermediate.pem, intermediate.keyPem),
      clock: systemClock,
    });
    expect(authority.chainPem).toBe(intermediate.pem);
    expect(authority.trustPem).toBe(how === 'without' ? intermediate.pem : root.pem);
    const leaf = authority.issue({ host: 'a.test' });
    expect(leaf.certificatePem.endsWith(intermediate.pem)).toBe(true);
    expect(verify({ ...authority, trustPem: root.pem }, leaf.certificatePem, 'a.test')).toBe('ok');
  });
});

describe('the CA of an operator, as OpenSSL sees it', () => {
  withOpenssl.each(Object.keys(newKeys) as (keyof typeof newKeys)[])('may have a key of kind %s', (kind) => {
    const { pem, keyPem } = member(`A root with ${kind}`, { keys: newKeys[kind]() });
    const authority = loadFileAuthority({ ...files(pem, keyPem), clock: systemClock });
    expect(verify(authority, authority.issue({ host: 'a.test' }).certificatePem, 'a.test')).toBe('ok');
  });
});

describe('a leaf, as OpenSSL sees it', () => {
  const authority = createMemoryAuthority({ clock: systemClock });
  const constrained = createMemoryAuthority({ clock: systemClock, permit: ['*.example.test', 'api.test', '10.0.0.1'] });
  const leafOf = (from: IssuingAuthority, host: string): string => from.issue({ host }).certificatePem;

  withOpenssl.each(['b.test', 'xapi.test', 'test', 'example.test.evil.test', '10.0.0.2', '::1'])(
    'is refused where the CA is not permitted %s',
    (host) => {
      expect(verify(constrained, leafOf(constrained, host), host)).toMatch(/permitted subtree violation/);
    },
  );

  withOpenssl('is refused as an address where the CA is permitted names only, and the other way round', () => {
    const names = createMemoryAuthority({ clock: systemClock, permit: ['a.test'] });
    expect(verify(names, leafOf(names, '10.0.0.1'), '10.0.0.1')).toMatch(/permitted subtree violation/);
    const addresses = createMemoryAuthority({ clock: systemClock, permit: ['10.0.0.1'] });
    expect(verify(addresses, leafOf(addresses, 'a.test'), 'a.test')).toMatch(/permitted subtree violation/);
  });

  withOpenssl('is refused for another host', () => {
    expect(verify(authority, leafOf(authority, 'a.test'), 'b.test')).toMatch(/hostname mismatch/i);
  });

  withOpenssl.each(['api.test', 'www.api.test', 'www.example.test', '10.0.0.1'])(
    'is strictly right where the CA is permitted %s',
    (host) => {
      expect(verify(constrained, leafOf(constrained, host), host)).toBe('ok');
    },
  );

  withOpenssl.each([
    'a.test',
    'xn--bcher-kva.test',
    '10.0.0.1',
    '2001:db8::1',
    `${'a'.repeat(63)}.${'b'.repeat(63)}.test`,
  ])('is strictly right for %s', (host) => {
    expect(verify(authority, leafOf(authority, host), host)).toBe('ok');
  });
});

describe('a leaf, as Python sees it under VERIFY_X509_STRICT', () => {
  const script = `
import ssl, sys
client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
client.verify_flags |= ssl.VERIFY_X509_STRICT
client.load_verify_locations(sys.argv[1])
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server.load_cert_chain(sys.argv[2], sys.argv[3])
up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
a = client.wrap_bio(down, up, server_hostname=sys.argv[4])
b = server.wrap_bio(up, down, server_side=True)
def step(side):
    try:
        side.do_handshake()
        return True
    except ssl.SSLWantReadError:
        return False
while not (step(a) & step(b)): pass
print('ok')
`;
  const handshake = (authority: IssuingAuthority, host: string): string => {
    const leaf = authority.issue({ host });
    const { cert_file, key_file } = files(leaf.certificatePem, leaf.keyPem);
    writeFileSync(join(dir, 'root.pem'), authority.trustPem);
    const args = ['-c', script, join(dir, 'root.pem'), cert_file, key_file, host];
    const { stdout, stderr } = spawnSync('python3', args, { encoding: 'utf8' });
    return stdout.trim() === 'ok' ? 'ok' : stderr;
  };

  withPython('is refused where the CA is not permitted the host', () => {
    const authority = createMemoryAuthority({ clock: systemClock, permit: ['a.test'] });
    expect(handshake(authority, 'b.test')).toMatch(/permitted subtree violation/);
  });

  withPython.each(['a.test', '10.0.0.1'])('is accepted for %s', (host) => {
    expect(handshake(createMemoryAuthority({ clock: systemClock, permit: ['a.test', '10.0.0.1'] }), host)).toBe('ok');
  });
});
