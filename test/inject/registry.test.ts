import { describe, expect, it } from '@jest/globals';
import { randomPlaceholders } from '../../src/inject/placeholder.js';
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

  it('say in mode set what they write, all that write something', () => {
    const written = {
      header: { name: 'X_Key', template: '{s}' },
      basic: { username: '', password: '{s}' },
      query: { name: 'Key', template: '{s}' },
      path: { template: '/Bot{s}/x' },
      cookie: { name: 'D', template: '{s}' },
      form: { field: 'a[b]', template: '{s}' },
      json: { pointer: '/A/b', template: '{s}' },
      sigv4: { secret: 's' },
      hmac: {
        secret: 's',
        algorithm: 'sha256',
        message: '{path}',
        encoding: 'hex',
        header: 'X-Sig',
        template: '{signature}',
      },
    };
    const context = { mode: 'set', placeholders: randomPlaceholders([], new Map()) } as const;
    const writes = kinds.map((kind) => {
      const options = (written as Record<string, object>)[kind.kind];
      return [
        kind.kind,
        options &&
          kind.make({ timestamp: 'unix', key_encoding: 'text', field: 'value', ...options } as never, context).writes,
      ];
    });
    expect(Object.fromEntries(writes)).toEqual({
      header: ['header/x-key'],
      basic: ['header/authorization'],
      query: ['query/key'],
      path: ['path/bot{}/x'],
      cookie: ['header/cookie/d'],
      form: ['form/a/b'],
      json: ['json/a/b'],
      // These are for mode substitute, or write nothing.
      text: undefined,
      ws: undefined,
      'client-certificate': undefined,
      sigv4: ['authorization', 'x-amz-security-token', 'date', 'x-amz-date', 'x-amz-content-sha256'].map(
        (name) => `header/${name}`,
      ),
      hmac: ['header/x-sig'],
    });
  });

  it('describe each of their options', () => {
    const options = kinds.flatMap((kind) => Object.values(kind.options) as { description?: string }[]);
    expect(options.map(({ description = '' }) => description).filter((text) => !/\.$/.test(text))).toEqual([]);
  });
});
