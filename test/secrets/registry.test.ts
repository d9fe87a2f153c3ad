import { describe, expect, it } from '@jest/globals';
import { laterSources, sourceKinds } from '../../src/secrets/registry.js';

describe('the sources', () => {
  it('are these, each with a sentence for the manual', () => {
    expect(sourceKinds.map(({ kind }) => kind)).toEqual(['env', 'file', 'vault']);
    for (const { summary } of sourceKinds) expect(summary).toMatch(/^[A-Z].*\.$/);
  });

  it('describe each of their options', () => {
    const options = sourceKinds.flatMap((kind) => Object.values(kind.options) as { description?: string }[]);
    expect(options.map(({ description = '' }) => description).filter((text) => !/\.$/.test(text))).toEqual([]);
  });

  it('are never named as coming later too', () => {
    expect(laterSources).toContain('azure');
    expect(laterSources.filter((name) => sourceKinds.some(({ kind }) => kind === name))).toEqual([]);
  });
});
