import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { jsonSchema, markdown } from '../../src/config/document.js';
import { defaultLimits } from '../../src/core/limits.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const committed = (name: string): string => readFileSync(join(root, name), 'utf8');

describe('what is generated from the schema', () => {
  it.each([
    ['config/schema.json', jsonSchema],
    ['docs/configuration.md', markdown],
  ])('is committed as it is now: %s (`npm run docs` writes it)', (name, generate) => {
    expect(committed(name)).toBe(generate());
  });

  it('has a line in the manual for every key of the grammar', () => {
    const manual = markdown();
    const keys = new Set<string>();
    collectKeys(JSON.parse(jsonSchema()), keys);
    expect(keys.size).toBeGreaterThan(Object.keys(defaultLimits).length);
    const missing = [...keys].filter((key) => !manual.includes(`| \`${key}\` |`) && !manual.includes(`## \`${key}\``));
    // These choose among kinds, each of which has its heading.
    expect(missing.sort()).toEqual(['from', 'place', 'sign', 'type']);
    expect(manual).not.toMatch(/\| +\|$/m);
  });
});

function collectKeys(schema: unknown, keys: Set<string>): void {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties') for (const property of Object.keys(value as object)) keys.add(property);
    if (key !== 'default') collectKeys(value, keys);
  }
}
