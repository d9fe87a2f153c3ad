import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { ChainAbout, Link } from './chain.js';
import { asciiJson } from './record.js';

/** Why there is a checkpoint: so many records, so much time, the last of its day, the last of its process. */
export type CheckpointReason = 'records' | 'interval' | 'rotation' | 'stop';

/** What signs checkpoints. */
export interface Signer {
  /** The Ed25519 public key (RFC 8032), raw, in base64url: short enough to be its own name. */
  readonly key: string;
  /** The signature in base64url. */
  sign(statement: string): string;
}

export interface CheckpointFields extends ChainAbout {
  /** RFC 3339. */
  readonly time: string;
  readonly reason: string;
}

/** The record that signs where a chain stands: how many lines there are before it (`seq`), and the hash of the last of them. */
export function checkpointRecord(
  signer: Signer,
  head: { next: number; last: string },
  fields: CheckpointFields,
): string {
  const { time, instance, day, reason } = fields;
  const signature = signer.sign(statementOf(head.next, head.last, fields));
  return asciiJson({ time, kind: 'checkpoint', instance, day, reason, key: signer.key, signature });
}

/** Whether a checkpoint was signed by the key it names, for the place where it stands. */
export function isGenuine({ seq, prev, record }: Link): boolean {
  const names = ['time', 'instance', 'day', 'reason', 'key', 'signature'];
  const [time, instance, day, reason, key, signature] = names.map((name) => record[name]);
  if (!isText(time) || !isText(instance) || !isText(day) || !isText(reason) || !isText(key) || !isText(signature))
    return false;
  const publicKey = publicKeyOf(key);
  if (publicKey === undefined) return false;
  const statement = statementOf(seq, prev, { time, instance, day, reason });
  return verify(null, Buffer.from(statement), publicKey, Buffer.from(signature, 'base64url'));
}

/** Line ends between, none within: no two statements read the same. The first line keeps the key from meaning anything else. */
function statementOf(seq: number, prev: string, { time, instance, day, reason }: CheckpointFields): string {
  const lines = ['keywright audit checkpoint 1', instance, day, time, reason, String(seq), prev];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function publicKeyOf(key: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key }, format: 'jwk' });
  } catch {
    // Not a key: so nothing it signed is genuine.
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
