import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { childEnvironment } from '../../src/adopt/environment.js';
import { certificatesIn } from '../../src/adopt/pem.js';
import { writeTrust, type TrustInput } from '../../src/adopt/trust.js';
import { testAuthority } from '../support/certificates.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'keywright trust '))));
afterEach(() => rmSync(folder, { recursive: true }));

const [ours, root, corporate, extra, npm] = ['Ours', 'Root', 'Corporate', 'Extra', 'Npm'].map((name) =>
  testAuthority(name),
) as [T, T, T, T, T];
type T = ReturnType<typeof testAuthority>;
const trust = (more: Partial<TrustInput> = {}) =>
  writeTrust({
    folder,
    caPem: ours.certificatePem,
    base: {},
    home: folder,
    now: Date.now(),
    roots: root.certificatePem,
    ...more,
  });
const inFile = (path: string) => certificatesIn([readFileSync(path, 'utf8')]);
const raw = (...authorities: T[]) => authorities.map(({ certificate }) => certificate.raw);

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('the files of trust', () => {
  it('hold our CA alone for what adds, and the roots too for what replaces', () => {
    const { ca, bundle } = trust();
    expect(inFile(ca)).toEqual(raw(ours));
    expect(inFile(bundle)).toEqual(raw(ours, root));
    for (const path of [ca, bundle]) expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('keep what was trusted before, and leave out what cannot be read', () => {
    const base = {
      SSL_CERT_FILE: file('corporate.pem', `# corporate\n${corporate.certificatePem}${root.certificatePem}`),
      REQUESTS_CA_BUNDLE: join(folder, 'missing.pem'),
      NODE_EXTRA_CA_CERTS: file('extra.pem', extra.certificatePem),
    };
    const { ca, bundle } = trust({ base, certificateFiles: [file('npm.pem', npm.certificatePem)] });
    expect(inFile(ca)).toEqual(raw(ours, extra));
    expect(inFile(bundle)).toEqual(raw(ours, extra, corporate, root, npm));
  });

  it('never overwrite a file that is there already', () => {
    file('ca.pem', 'x');
    expect(() => trust()).toThrow('EEXIST');
  });

  it('keep the settings of wget', () => {
    file('.wgetrc', 'timeout = 9\n');
    const { wgetrc = '', bundle } = trust();
    expect(readFileSync(wgetrc, 'utf8')).toBe(`timeout = 9\nca_certificate = ${bundle}\n`);
  });

  it('hold a Java trust store only where it is asked for', () => {
    expect(trust().javaTrustStore).toBeUndefined();
  });

  const hasJava = spawnSync('java', ['-version']).error === undefined;
  (hasJava ? it : it.skip)(
    'are what Java reads, from a folder with a space in it',
    () => {
      const files = { ...trust({ java: true }), preload: '/p.cjs' };
      const environment = childEnvironment({ base: {}, proxyUrl: 'http://a:b@127.0.0.1:1', javaPort: 8701, files });
      const source = file(
        'Show.java',
        `public class Show { public static void main(String[] a) throws Exception {
        var factory = javax.net.ssl.TrustManagerFactory.getInstance(javax.net.ssl.TrustManagerFactory.getDefaultAlgorithm());
        factory.init((java.security.KeyStore) null);
        for (var c : ((javax.net.ssl.X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()) System.out.println(c.getSubjectX500Principal());
        System.out.println(java.net.ProxySelector.getDefault().select(new java.net.URI("https://api.example.com/")));
        System.out.println(java.net.ProxySelector.getDefault().select(new java.net.URI("https://127.0.0.1/"))); } }`,
      );
      const options = { env: { PATH: process.env['PATH'], ...environment }, stdio: 'pipe' } as const;
      const lines = execFileSync('java', [source], options).toString().trim().split('\n');
      for (const name of ['CN=Ours', 'CN=Root'])
        expect(lines.slice(0, 2).some((line) => line.includes(name))).toBe(true);
      expect(lines.slice(2)).toEqual([expect.stringMatching(/127\.0\.0\.1.*:8701/), '[DIRECT]']);
    },
    60_000,
  );
});
