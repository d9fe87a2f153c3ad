import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { describeIssue } from '../../src/config/messages.js';
import { oneOf, section } from '../../src/config/section.js';
import { defineKind } from '../../src/core/kind.js';

const fruit = defineKind({
  kind: 'fruit',
  summary: 'Grows.',
  options: { colour: z.string(), bowl: z.string().meta({ title: 'path' }).optional() },
  make: ({ colour }, context: string) => `${context} ${colour}`,
});

const family = oneOf({
  by: 'type',
  kinds: [fruit],
  common: { count: z.number().prefault(1) },
  later: ['stone'],
  folder: '/etc/k',
  laterKeys: ['seed'],
});

function messages(schema: z.ZodType, value: unknown): string[] {
  const result = schema.safeParse(value, { error: describeIssue });
  return result.success ? [] : result.error.issues.flatMap(({ message }) => message.split('\n'));
}

describe('a section refuses', () => {
  it('every unknown key, with the nearest known one, and those to come by name', () => {
    expect(messages(section({ hosts: z.string().optional() }, ['tls']), { hsts: 1, tls: 2, other: 3 })).toEqual([
      'found the unknown key "hsts"; the nearest known one is "hosts"; known are hosts',
      'found "tls", which is not available yet; known are hosts',
      'found the unknown key "other"; known are hosts',
    ]);
  });
});

describe('one of a family is refused', () => {
  it.each([
    [{}, '"type" is missing; allowed is one of fruit'],
    [{ type: 'metal' }, 'found "metal"; allowed is one of fruit'],
    [{ type: 'stone' }, 'found "stone", which is not available yet; known are fruit'],
    [{ seed: 1 }, 'found "seed", which is not available yet; known are type'],
    [{ type: 3 }, 'found the number 3; allowed is one of fruit'],
    [
      'fruit',
      'found a text (not shown: it could be a secret); allowed is a set of keys, of which "type" is one of fruit',
    ],
    [{ type: 'fruit' }, '"colour" is missing; allowed is a text'],
    [
      { type: 'fruit', colour: 'red', seed: 1 },
      'found "seed", which is not available yet; known are type, colour, bowl, count',
    ],
  ])('%j', (value, message) => {
    expect(messages(family, value)).toEqual([message]);
  });
});

describe('one of a family', () => {
  it('keeps its own options apart from the common ones, with paths from the folder', () => {
    const entry = family.parse({ type: 'fruit', colour: 'red', bowl: './b', count: 2 });
    expect(entry.kind).toBe(fruit);
    expect(entry.options).toEqual({ colour: 'red', bowl: '/etc/k/b' });
    expect(entry.common).toEqual({ count: 2 });
    expect(entry.kind.make(entry.options as never, 'a')).toBe('a red');
  });
});
