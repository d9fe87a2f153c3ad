import { describe, expect, it } from '@jest/globals';
import { Refusal } from '../../src/core/refusal.js';
import { fieldsOf } from '../../src/secrets/file-fields.js';
import { reveal } from '../../src/secrets/seal.js';

const place = { name: 'jira', file: '/run/jira.json' };
const values = (text: string): Record<string, string> =>
  Object.fromEntries(Object.entries(fieldsOf(text, 'json', place)).map(([name, sealed]) => [name, reveal(sealed)]));

function why(text: string): string {
  try {
    fieldsOf(text, 'json', place);
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
    ['an object without text members', '{"a":1,"b":{"c":"s3cr3t-value"}}', 'has no text members'],
    ['an empty object', '{}', 'has no text members'],
  ])('is refused without a word of its text: %s', (_, text, reason) => {
    expect(why(text)).toBe(`the secret jira is not available: the file /run/jira.json ${reason}`);
  });

  it('has its top-level text members as fields, and nothing else', () => {
    const text = '{"token":"t0ken-value","email":"a@b.example","port":443,"on":true,"none":null,"deep":{"x":"y"}}';
    expect(values(text)).toEqual({ token: 't0ken-value', email: 'a@b.example' });
  });

  it('has members with the names of object machinery as plain fields', () => {
    const fields = fieldsOf('{"__proto__":"one-value","constructor":"two-value"}', 'json', place);
    expect(Object.keys(fields)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(fields)).toBe(Object.prototype);
  });
});
