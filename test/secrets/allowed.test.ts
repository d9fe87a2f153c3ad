import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { textOption, unseenTextOption } from '../../src/secrets/allowed.js';

const told = (schema: z.ZodType, value: unknown): string | undefined =>
  schema.safeParse(value).error?.issues[0]?.message;

describe('an option with words for it', () => {
  it.each([1, null, undefined, '', 'b', ['a']])('says what is allowed, whatever was found: %j', (value) => {
    expect(told(textOption(/^a$/, 'the letter a'), value)).toBe('allowed is the letter a');
  });

  it.each([
    ['hunter2', 'found a text (not shown: it could be a secret); allowed is the letter a'],
    [4711, 'found a number (not shown: it could be a secret); allowed is the letter a'],
    ['', 'allowed is the letter a'],
    [['hunter2'], 'allowed is the letter a'],
    [undefined, 'allowed is the letter a'],
  ])('shows nothing of what may be a secret: %j', (value, message) => {
    expect(told(unseenTextOption(/^a$/, 'the letter a'), value)).toBe(message);
  });

  it('takes what it says', () => {
    expect(textOption(/^a$/, 'the letter a').parse('a')).toBe('a');
    expect(unseenTextOption(/^a$/, 'the letter a').parse('a')).toBe('a');
  });
});
