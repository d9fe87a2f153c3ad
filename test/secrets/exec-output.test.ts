import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Refusal } from '../../src/core/refusal.js';
import { fieldsOfOutput } from '../../src/secrets/exec-output.js';
import { reveal } from '../../src/secrets/seal.js';

const place = { name: 'api', command: 'tool' };
const read = (output: unknown, expires_field?: string) =>
  fieldsOfOutput(Buffer.from(JSON.stringify(output)), { format: 'json', expires_field }, place);
const values = (output: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(read(output).fields).map(([field, sealed]) => [field, reveal(sealed)]));

describe('the output of a command as fields', () => {
  it('names what is in objects by both, four deep, and leaves out what has no one form', () => {
    const output = {
      a: 'one',
      b: { c: 'two', d: { e: { f: 'three', g: { h: 'too deep' } } } },
      list: ['x'],
      none: null,
    };
    expect(values(output)).toEqual({ a: 'one', b_c: 'two', b_d_e_f: 'three' });
  });

  it('has members with the names of object machinery as plain fields', () => {
    const { fields } = fieldsOfOutput(
      Buffer.from('{"__proto__":"one","constructor":"two"}'),
      { format: 'json' },
      place,
    );
    expect(Object.keys(fields)).toEqual(['__proto__', 'constructor']);
  });

  it('has its time in any form of RFC 3339 that has an offset', () => {
    const time = (text: string): number | undefined => read({ token: 'x', end: text }, 'end').expiresAt;
    const utc = Date.UTC(2027, 0, 2, 3, 4, 5);
    expect(time('2027-01-02T03:04:05Z')).toBe(utc);
    expect(time('2027-01-02t03:04:05z')).toBe(utc);
    expect(time('2027-01-02 05:04:05+02:00')).toBe(utc);
    expect(time('2027-01-02T03:04:05.123456789Z')).toBe(utc + 123);
    expect(() => time('2027-13-02T03:04:05Z')).toThrow(Refusal);
  });

  it('is refused or read, whatever it is, and nothing of it is in the refusal', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 64 }),
        fc.constantFrom('text' as const, 'json' as const),
        (bytes, format) => {
          try {
            fieldsOfOutput(Buffer.from(bytes), { format }, place);
          } catch (error) {
            expect(error).toBeInstanceOf(Refusal);
            expect(String((error as Refusal).cause)).toMatch(/: the command tool failed: [a-zA-Z0-9 -]+$/);
          }
        },
      ),
    );
  });
});
