import { describe, expect, it } from '@jest/globals';
import { laterPlaces, laterSigners, placeKinds } from '../../src/inject/registry.js';

describe('the places', () => {
  it('are these, each with a sentence for the manual', () => {
    expect(placeKinds.map(({ kind }) => kind)).toEqual(['header', 'basic', 'ws']);
    for (const { summary } of placeKinds) expect(summary).toMatch(/^[A-Z].*\.$/);
  });

  it('describe each of their options', () => {
    const options = placeKinds.flatMap((kind) => Object.values(kind.options) as { description?: string }[]);
    expect(options.map(({ description = '' }) => description).filter((text) => !/\.$/.test(text))).toEqual([]);
  });

  it('are never named as coming later too', () => {
    expect(laterPlaces).toEqual(['query', 'path', 'cookie', 'form', 'json']);
    expect(laterSigners).toEqual(['hmac', 'client-certificate']);
  });
});
