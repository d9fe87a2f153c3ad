import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readJsonFile } from '../../src/adopt/json-file.js';

const folder = mkdtempSync(join(tmpdir(), 'json-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): unknown {
  const path = join(folder, 'file.json');
  writeFileSync(path, text);
  return readJsonFile(path);
}

describe('a JSON file', () => {
  it.each([
    ['is none', 's3cr3t', 'its file holds no JSON object'],
    ['holds a list', '["s3cr3t"]', 'its file holds no JSON object'],
    ['holds a text', '"s3cr3t"', 'its file holds no JSON object'],
    ['is larger than any account', JSON.stringify({ a: 's'.repeat(65_536) }), 'its file is larger than 65536 bytes'],
  ])('that %s is told of without what stands in it', (_, text, why) => {
    expect(read(text)).toBe(why);
  });

  it('that is not there is told of', () => {
    expect(readJsonFile(join(folder, 'missing'))).toBe('its file cannot be read');
    expect(readJsonFile(folder)).toBe('its file cannot be read');
  });

  it('is read', () => {
    expect(read('{"a":1}')).toEqual({ a: 1 });
  });
});
