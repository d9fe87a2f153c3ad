import { describe, expect, it } from '@jest/globals';
import { emptyHead, headerRecord, latin1Hash, link } from '../../../src/audit/chain.js';
import { checkpointRecord, type Signer } from '../../../src/audit/checkpoint.js';
import type { Finding } from '../../../src/audit/read/finding.js';
import { InstanceVerifier } from '../../../src/audit/read/instance-verifier.js';
import { testSigner } from '../signer.js';

const about = { instance: 'desk', day: '2026-01-02' };
const fields = { ...about, time: 'x', reason: 'stop' };
type Make = string | ((head: typeof emptyHead) => string);

function found(records: readonly Make[], keys?: readonly string[]): string[] {
  const findings: Finding[] = [];
  const verifier = new InstanceVerifier(
    { tell: (finding) => findings.push(finding), isRunning: () => false, keys: keys && new Set(keys) },
    false,
  );
  verifier.begin('f');
  let head = emptyHead;
  records.forEach((make, i) => {
    const next = link(head, typeof make === 'string' ? make : make(head));
    ({ head } = next);
    const text = next.line.trimEnd();
    verifier.push({ text, hash: latin1Hash(text), ended: true, end: 0 }, i + 1);
  });
  verifier.end();
  return findings.map(({ line, kind }) => `${line ?? ''} ${kind}`);
}

const signer = testSigner();
const sign =
  (by: Signer, more: object = {}) =>
  (head: typeof emptyHead) =>
    checkpointRecord(by, head, { ...fields, ...more });
const header = headerRecord(about, undefined, signer.key);

describe('verifying an instance', () => {
  it.each<[string, Make[], string[]]>([
    ['a checkpoint of its own key', [header, sign(signer)], []],
    ['a first record that is no header', ['{"kind":"start"}'], ['1 headless']],
    ['a checkpoint of another key than the header names', [header, sign(testSigner())], ['2 forged']],
    ['a checkpoint of another instance', [header, sign(signer, { instance: 'other' })], ['2 forged']],
    ['a checkpoint of another day', [header, sign(signer, { day: '2026-01-03' })], ['2 forged']],
    ['a checkpoint that signs another place', [header, () => sign(signer)(emptyHead)], ['2 forged']],
    ['a file that continues one that is not here', [headerRecord(about, 'ab'.repeat(32))], ['1 earlier']],
  ])('finds %s', (_, records, expected) => {
    expect(found(records)).toEqual(expected);
  });

  it('accepts only keys that are known, where some are', () => {
    expect(found([header, sign(signer)], [signer.key])).toEqual([]);
    expect(found([header, sign(signer)], [testSigner().key])).toEqual(['1 forged']);
    expect(found([headerRecord(about, undefined), sign(signer)], [testSigner().key])).toEqual(['2 forged']);
  });
});
