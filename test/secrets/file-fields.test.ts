import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { fieldsOf } from '../../src/secrets/file-fields.js';
import { reveal } from '../../src/secrets/seal.js';

const place = { name: 'jira', file: '/run/jira.json' };
const values = (text: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(fieldsOf(text, { format: 'json' }, place).fields).map(([name, sealed]) => [name, reveal(sealed)]),
  );

function why(text: string): string {
  try {
    fieldsOf(text, { format: 'json' }, place);
    return 'was not refused';
  } catch (error) {
    return error instanceof Refusal && error.cause instanceof Error ? error.cause.message : String(error);
  }
}

describe('a JSON file of fields', () => {
  it.each([
    ['no JSON', 's3cr3t-value', 'is not JSON'],
    ['half of it', '{"token": "s3cr3t-value"', 'is not JSON'],
    ['nothing', '', 'is not JSON'],
    ['a list', '["s3cr3t-value"]', 'does not hold a JSON object'],
    ['a text', '"s3cr3t-value"', 'does not hold a JSON object'],
    ['null', 'null', 'does not hold a JSON object'],
    [
      'an object without text members',
      '{"a":1,"b":{"c":"s3cr3t-value"}}',
      'has no text members: what it has, a, b, is no text',
    ],
    ['members with names like values', `{"${'x'.repeat(40)}":1}`, 'has no text members: what it has is no text'],
    ['an empty object', '{}', 'has no text members'],
  ])('is refused without a word of its text: %s', (_, text, reason) => {
    expect(why(text)).toBe(`the secret jira is not available: the file /run/jira.json ${reason}`);
  });

  it('has its top-level text members as fields, and nothing else', () => {
    const text = '{"token":"t0ken-value","email":"a@b.example","port":443,"on":true,"none":null,"deep":{"x":"y"}}';
    expect(values(text)).toEqual({ token: 't0ken-value', email: 'a@b.example' });
  });

  it('says of members that are no text why they cannot be had, to whoever asks for one', () => {
    const { unusable } = fieldsOf('{"token":"t0ken-value","port":443}', { format: 'json' }, place);
    expect(unusable).toEqual({ port: 'is not a text' });
  });

  it('has members with the names of object machinery as plain fields', () => {
    const { fields } = fieldsOf('{"__proto__":"one-value","constructor":"two-value"}', { format: 'json' }, place);
    expect(Object.keys(fields)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
  });
});

describe('one key of a file', () => {
  const one = (text: string, format: 'text' | 'json' | 'env', key: string): string => {
    try {
      const { fields } = fieldsOf(text, { format, key }, place);
      return Object.entries(fields)
        .map(([field, sealed]) => `${field}: ${reveal(sealed)}`)
        .join();
    } catch (error) {
      return error instanceof Refusal && error.cause instanceof Error ? error.cause.message : String(error);
    }
  };

  it('is refused where it is not there, or the text has no keys', () => {
    expect(one('{"token":"s3cr3t-value"}', 'json', 'other')).toMatch(/jira\.json has no other$/);
    expect(one('{"token":"s3cr3t-value"}', 'json', 'toString')).toMatch(/has no toString$/);
    expect(one('TOKEN=s3cr3t-value', 'env', 'OTHER')).toMatch(/has no OTHER$/);
  });

  it('is refused where it is no text', () => {
    expect(one('{"token":"s3cr3t-value","port":4430000000}', 'json', 'port')).toMatch(
      /: the port of the file \/run\/jira\.json is not a text$/,
    );
  });

  it('is the field `value`, alone', () => {
    expect(one('{"token":"s3cr3t-value","other":"x"}', 'json', 'token')).toBe('value: s3cr3t-value');
    expect(one('A=1\nTOKEN=s3cr3t-value', 'env', 'TOKEN')).toBe('value: s3cr3t-value');
  });
});

describe('a .env file', () => {
  const lines = (text: string): Record<string, string> =>
    Object.fromEntries(
      Object.entries(fieldsOf(text, { format: 'env' }, place).fields).map(([name, sealed]) => [name, reveal(sealed)]),
    );

  it('is refused without a word of its text', () => {
    expect(() => lines('# nothing')).toThrow(Refusal);
    let cause: unknown;
    try {
      lines('A=1\ns3cr3t-value');
    } catch (error) {
      cause = (error as Refusal).cause;
    }
    expect(String(cause)).toMatch(/the file \/run\/jira\.json cannot be used: line 2 is not NAME=value$/);
  });

  it('has its lines as fields, `__proto__` like any other', () => {
    expect(lines('TOKEN=t0ken-value\nEMAIL="a@b.example"')).toEqual({ TOKEN: 't0ken-value', EMAIL: 'a@b.example' });
    expect(Object.keys(fieldsOf('__proto__=one-value', { format: 'env' }, place).fields)).toEqual(['__proto__']);
  });
});
