import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { recordRow } from '../../src/cli/record-row.js';

const time = '2026-01-02T03:04:05.678Z';
const request = {
  client: 'desk',
  method: 'GET',
  scheme: 'https',
  host: 'api.example.com',
  port: 443,
  path: '/a',
  id: 'i',
};

describe('a record on a terminal', () => {
  it('is one line of printable ASCII, whatever stands in it', () => {
    const kinds = fc.constantFrom(
      'use',
      'end',
      'refused',
      'start',
      'reload',
      'secret',
      'noise',
      'lost',
      'header',
      'other',
    );
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\x1b]0;x\x07', '\u202e', '\r\n'),
      fc.jsonValue(),
    );
    const names = [
      'client',
      'host',
      'path',
      'policy',
      'code',
      'reason',
      'id',
      'secrets',
      'changes',
      'counts',
      'instance',
    ];
    const record = fc.record(Object.fromEntries(names.map((name) => [name, hostile])));
    fc.assert(
      fc.property(kinds, record, fc.string({ unit: 'binary' }), (kind, fields, when) => {
        expect(recordRow({ ...fields, kind }, when)).toMatch(/^[\x20-\x7e…]*\n$/);
      }),
    );
  });

  it.each([
    [
      { kind: 'use', ...request, policy: 'read', secrets: [{ name: 'github' }, 'x'] },
      'use       desk        GET https://api.example.com/a  policy read  secrets github,   i',
    ],
    [
      { kind: 'end', ...request, port: 8443, code: 'ok', status: 200, duration_ms: 1.5, masked: 2 },
      'end       desk        GET https://api.example.com:8443/a  ok  200  1.5 ms  MASKED 2  i',
    ],
    [{ kind: 'refused', ...request, host: '', code: 'bad_path' }, 'refused   desk        GET  bad_path  i'],
    [
      { kind: 'reload', policy_rev: 'b', previous_rev: 'a', changes: ['limits'] },
      'reload    policy rev b  previous rev a  limits',
    ],
    [
      {
        kind: 'secret',
        secret: 'db',
        backend: 'vault',
        event: 'unrevoked',
        version: '1',
        lease: 'database/creds/x/1',
        expires: time,
        reason: 'it is sealed',
      },
      `secret    secret db  unrevoked  version 1  database/creds/x/1  until ${time}  it is sealed`,
    ],
    [{ kind: 'secret', backend: 'vault', event: 'login' }, 'secret    backend vault  login'],
    [{ kind: 'noise', counts: { caller_wrong: 2 }, seconds: 60 }, 'noise     {"caller_wrong":2}  in 60 s'],
    [{ kind: 'lost', count: 3 }, 'lost      3 records'],
    [{ kind: 'checkpoint', instance: 'x', day: 'd', reason: 'stop' }, 'checkpoint  x  day d  reason stop'],
  ])('of %j reads %s', (record, row) => {
    expect(recordRow(record, time)).toBe(`${time}  ${row}\n`);
  });
});
