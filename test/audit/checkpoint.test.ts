import { describe, expect, it } from '@jest/globals';
import { parseLink, type Link } from '../../src/audit/chain.js';
import { checkpointRecord, isGenuine } from '../../src/audit/checkpoint.js';
import { testSigner } from './signer.js';

const signer = testSigner();
const head = { next: 7, last: 'ab'.repeat(32) };
const fields = { time: '2026-01-02T03:04:05.678Z', instance: 'desk', day: '2026-01-02', reason: 'stop' };
const at = (record: string, seq = head.next, prev = head.last): Link =>
  parseLink(`{"seq":${seq},"prev":"${prev}",${record.slice(1)}`) as Link;
const record = checkpointRecord(signer, head, fields);

describe('a checkpoint is forged where', () => {
  it.each([
    ['it stands at another place', at(record, 8)],
    ['it stands after another line', at(record, 7, 'ac'.repeat(32))],
    ['its time was changed', at(record.replace(':05.', ':06.'))],
    ['its instance was changed', at(record.replace('desk', 'dusk'))],
    ['its day was changed', at(record.replace('"day":"2026-01-02"', '"day":"2026-01-03"'))],
    ['its reason was changed', at(record.replace('"stop"', '"rotation"'))],
    ['it names another key', at(record.replace(signer.key, testSigner().key))],
    ['it names what is no key', at(record.replace(signer.key, 'x'))],
    ['it has no signature', at(record.replace('signature', 'other'))],
    ['its signature is empty', at(record.replace(/"signature":"[^"]+"/, '"signature":""'))],
    ['a member is no text', at(record.replace('"day":"2026-01-02"', '"day":1'))],
    ['another key signed it', at(checkpointRecord({ ...testSigner(), key: signer.key }, head, fields))],
  ])('%s', (_, link) => {
    expect(isGenuine(link)).toBe(false);
  });

  it('a line end in a name makes two statements read alike', () => {
    const one = checkpointRecord(signer, head, { ...fields, instance: 'a\nb', day: 'c' });
    expect(isGenuine(at(one.replace('"instance":"a\\nb","day":"c"', '"instance":"a","day":"b\\nc"')))).toBe(false);
  });
});

describe('a checkpoint', () => {
  it('is genuine where it was signed, and names its key', () => {
    expect(isGenuine(at(record))).toBe(true);
    expect(JSON.parse(record)).toMatchObject({ ...fields, kind: 'checkpoint', key: signer.key });
  });
});
