import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ruled, type Rule } from '../../src/core/rule.js';

const notBoth: Rule = {
  of: ['a', 'b'],
  mistakes: ({ a, b }: { a?: string; b?: string }) =>
    a === undefined || b === undefined ? [] : [{ path: ['b'], message: 'found both; allowed is one' }],
};
const schema = ruled(z.strictObject({ a: z.string().optional(), b: z.string().optional(), c: z.number() }), [notBoth]);
const told = (value: unknown): string[] =>
  schema.safeParse(value).error?.issues.map(({ path, code }) => `${code} ${path.join('.')}`) ?? [];

describe('rules between options', () => {
  it('are asked though other options are wrong, or unknown', () => {
    expect(told({ a: 'x', b: 'y', c: 'z' })).toEqual(['invalid_type c', 'custom b']);
    expect(told({ a: 'x', b: 'y', c: 1, d: 2 })).toEqual(['unrecognized_keys ', 'custom b']);
  });

  it('have nothing to say about an option that is wrong by itself', () => {
    expect(told({ a: 'x', b: 1, c: 1 })).toEqual(['invalid_type b']);
  });

  it('are not asked about what is no set of keys', () => {
    expect(told(['x'])).toEqual(['invalid_type ']);
    expect(told(null)).toEqual(['invalid_type ']);
  });

  it('let through what keeps to them, and are no part of the JSON Schema', () => {
    expect(told({ a: 'x', c: 1 })).toEqual([]);
    expect(z.toJSONSchema(schema)).toMatchObject({ required: ['c'], additionalProperties: false });
  });
});
