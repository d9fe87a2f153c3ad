import { describe, expect, it } from '@jest/globals';
import { matches, type Filter } from '../../../src/audit/read/filter.js';

const time = '2026-01-02T03:04:05.678Z';
const end = {
  kind: 'end',
  id: 'a',
  client: 'desk',
  host: 'api.example.com',
  policy: 'read',
  code: 'ok',
  masked: 1,
  secrets: [{ name: 'github' }],
};

describe('a record is among those asked for', () => {
  it.each<[Filter]>([
    [{}],
    [{ client: 'desk', host: 'api.example.com', policy: 'read', code: 'ok', kind: 'end', id: 'a' }],
    [{ secret: 'github' }],
    [{ masked: true }],
    [{ since: time }],
    [{ until: '2026-01-02T03:04:05.679Z' }],
  ])('by %j', (filter) => {
    expect(matches(filter, end, time)).toBe(true);
  });

  it.each<[Filter]>([
    [{ client: 'des' }],
    [{ host: 'example.com' }],
    [{ secret: 'git' }],
    [{ until: time }],
    [{ since: '2026-01-02T03:04:05.679Z' }],
    [{ client: 'desk', code: 'no_policy' }],
  ])('not by %j', (filter) => {
    expect(matches(filter, end, time)).toBe(false);
  });

  it.each([undefined, 0, 'many'])('not by a mask where masked is %j', (masked) => {
    expect(matches({ masked: true }, { ...end, masked }, time)).toBe(false);
  });

  it.each([undefined, 'github', [null], ['github'], [{}]])('not by a secret where secrets are %j', (secrets) => {
    expect(matches({ secret: 'github' }, { ...end, secrets }, time)).toBe(false);
  });

  it('only by its kind where it is of the log itself', () => {
    expect(matches({}, { kind: 'checkpoint' }, time)).toBe(false);
    expect(matches({ kind: 'checkpoint' }, { kind: 'checkpoint' }, time)).toBe(true);
  });
});
