import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import fs, {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { openSigner } from '../../src/audit/signing-key.js';
import { Refusal } from '../../src/core/refusal.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-key-'));
  path = join(folder, 'keys', 'audit.key');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const always = (): boolean => true;
function reasonOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    if (error instanceof Refusal) return error.cause;
    throw error;
  }
  return 'nothing was thrown';
}

describe('the key of checkpoints is refused where', () => {
  it('it is missing and something was signed before', () => {
    expect(reasonOf(() => openSigner(path, () => false))).toMatch(/is missing: restore it/);
    expect(existsSync(path)).toBe(false);
  });

  it.each([0o640, 0o604, 0o666])('others may read or write it (mode %o), and it stays as it is', (mode) => {
    openSigner(path, always);
    const pem = readFileSync(path, 'utf8');
    chmodSync(path, mode);
    expect(reasonOf(() => openSigner(path, always))).toMatch(/open to others than its owner/);
    expect(readFileSync(path, 'utf8')).toBe(pem);
  });

  it('it cannot be read: unreadable is not missing', () => {
    openSigner(path, always);
    const pem = readFileSync(path, 'utf8');
    jest.spyOn(fs, 'openSync').mockImplementation(() => {
      throw Object.assign(new Error('no'), { code: 'EACCES' });
    });
    expect(reasonOf(() => openSigner(path, always))).toMatch(/cannot be read \(EACCES\)/);
    jest.restoreAllMocks();
    expect(readFileSync(path, 'utf8')).toBe(pem);
  });

  it.each([
    ['nonsense', 'secret-looking nonsense'],
    [
      'another kind of key',
      generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    ],
    ['nothing', ''],
  ])('it holds %s, which is not repeated', (_, text) => {
    openSigner(path, always);
    writeFileSync(path, text);
    expect(reasonOf(() => openSigner(path, always))).toBe(`the audit key ${path} is not an Ed25519 key in PEM`);
  });

  it('its folder cannot be written', () => {
    writeFileSync(join(folder, 'keys'), '');
    expect(reasonOf(() => openSigner(path, always))).toMatch(/cannot be read \(ENOTDIR\)/);
  });
});

describe('the key of checkpoints', () => {
  it('is made once, for the owner alone, and leaves no draft', () => {
    const { key } = openSigner(path, always);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'keys'))).toEqual(['audit.key']);
    expect(openSigner(path, () => false).key).toBe(key);
  });

  it('signs so that its public half, which is its name, verifies', () => {
    const signer = openSigner(path, always);
    const { key } = signer;
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key }, format: 'jwk' });
    expect(verify(null, Buffer.from('it'), publicKey, Buffer.from(signer.sign('it'), 'base64url'))).toBe(true);
    expect(createPublicKey(createPrivateKey(readFileSync(path))).export({ format: 'jwk' })).toMatchObject({ x: key });
  });

  it('is that of the process that was first, where two make one', () => {
    const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const link = fs.linkSync.bind(fs);
    jest.spyOn(fs, 'linkSync').mockImplementationOnce((from, to) => {
      writeFileSync(to, other, { mode: 0o600 });
      link(from, to);
    });
    openSigner(path, always);
    expect(readFileSync(path, 'utf8')).toBe(other);
    expect(readdirSync(join(folder, 'keys'))).toEqual(['audit.key']);
  });

  it('is put back where it went missing', () => {
    const signer = openSigner(path, always);
    const pem = readFileSync(path, 'utf8');
    rmSync(join(folder, 'keys'), { recursive: true });
    signer.keep();
    expect(readFileSync(path, 'utf8')).toBe(pem);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });
});
