import { describe, expect, it } from '@jest/globals';
import { placeKinds, signerKinds } from '../../src/inject/registry.js';

const kinds = [...placeKinds, ...signerKinds];

describe('the places and signers', () => {
  it('are these, each with a sentence for the manual', () => {
    expect(placeKinds.map(({ kind }) => kind)).toEqual([
      'header',
      'basic',
      'query',
      'path',
      'cookie',
      'form',
      'json',
      'text',
      'ws',
    ]);
    expect(signerKinds.map(({ kind }) => kind)).toEqual(['sigv4', 'hmac', 'client-certificate']);
    for (const { summary } of kinds) expect(summary).toMatch(/^[A-Z].*\.$/);
  });

  it('describe each of their options', () => {
    const options = kinds.flatMap((kind) => Object.values(kind.options) as { description?: string }[]);
    expect(options.map(({ description = '' }) => description).filter((text) => !/\.$/.test(text))).toEqual([]);
  });
});
