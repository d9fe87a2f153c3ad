import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { describeIssue } from '../../src/config/messages.js';

const choice = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('token') }),
  z.strictObject({ by: z.literal('cert') }),
]);

describe('a mistake that a schema sees is told in our words', () => {
  it.each([
    [z.string(), 1, 'found the number 1; allowed is a text'],
    [z.array(z.string()), 'x', 'found "x"; allowed is a list, as in [x] or with a line "- x" for each'],
    [z.number().int(), 1.5, 'found the number 1.5; allowed is a whole number'],
    [z.string().min(1), '', 'found ""; allowed is a text with at least one in it'],
    [z.string().max(2), 'abc', 'found "abc"; allowed is a text with at most 2 in it'],
    [z.array(z.string()).min(1), [], 'found an empty list; allowed is a list with at least one in it'],
    [z.number().max(5), 6, 'found the number 6; allowed is a number of at most 5'],
    [z.enum(['a', 'b']), 'c', 'found "c"; allowed is "a" or "b"'],
    [z.enum(['text', 'json']), 'jsno', 'found "jsno"; the nearest known one is "json"; allowed is "text" or "json"'],
    [
      z.strictObject({ known: z.string() }),
      { known: '', knwon: 1 },
      'found the unknown key "knwon"; the nearest known one is "known"; known are known',
    ],
    [choice, { by: 'tokn' }, 'found "tokn"; the nearest known one is "token"; allowed is one of token, cert'],
    [choice, {}, '"by" is missing; allowed is one of token, cert'],
    [
      choice,
      'token',
      'found a text (not shown: it could be a secret); allowed is a set of keys, of which "by" is one of token, cert',
    ],
    [z.strictObject({}), 'x', 'found a text (not shown: it could be a secret); allowed is a set of keys'],
    [z.record(z.string(), z.string()), 1, 'found a number (not shown: it could be a secret); allowed is a set of keys'],
    [
      z.strictObject({ token_sha256: z.string().optional() }),
      { token_sha265: 1 },
      'found the unknown key "token_sha265"; the nearest known one is "token_sha256"; known are token_sha256',
    ],
    [z.tuple([z.literal(1)], z.string()), [], 'found a list that is too short; allowed is 1'],
    [z.literal(1), undefined, 'found nothing; allowed is 1'],
    [z.strictObject({ a: z.boolean() }), {}, '"a" is missing; allowed is true or false'],
    [z.string().regex(/^a$/), 'b', 'found "b"; allowed is a text of the form /^a$/'],
    [z.string().refine(() => false), 'x', 'found "x"; allowed is something else'],
  ])('%#', (schema, value, message) => {
    const result = schema.safeParse(value, { error: describeIssue });
    expect(result.error?.issues.map((issue) => issue.message)).toEqual([message]);
  });
});
