import { describe, expect, it } from '@jest/globals';
import type { Refusal } from '../../src/core/refusal.js';
import { Resolver, type Lookup } from '../../src/net/resolver.js';

/** A resolver that answers when it is told to. */
function slow(timeout = 1000): {
  resolver: Resolver;
  asked: string[];
  answer: (host: string, ...addresses: string[]) => void;
} {
  const asked: string[] = [];
  const waiting = new Map<string, (found: { address: string; family: number }[]) => void>();
  const lookup: Lookup = (host) => {
    asked.push(host);
    return new Promise((resolve) => waiting.set(host, resolve));
  };
  return {
    resolver: new Resolver(lookup, timeout),
    asked,
    answer: (host, ...addresses) => waiting.get(host)?.(addresses.map((address) => ({ address, family: 4 }))),
  };
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'resolved',
    (error: unknown) => (error as Refusal).code,
  );

describe('a look-up', () => {
  it('that fails is a name that cannot be resolved', async () => {
    const resolver = new Resolver(() => Promise.reject(new Error('ENOTFOUND')), 1000);
    expect(await codeOf(resolver.resolve('a.test'))).toBe('destination_name');
  });

  it('that hangs is given up in time, again and again, and asked of the system once', async () => {
    const { resolver, asked } = slow(20);
    const codes = [];
    for (let round = 0; round < 3; round += 1) codes.push(await codeOf(resolver.resolve('a.test')));
    expect(codes).toEqual(Array(3).fill('destination_timeout'));
    expect(asked).toEqual(['a.test']);
  });

  it('that hung serves who asks when it answers at last', async () => {
    const { resolver, asked, answer } = slow(20);
    expect(await codeOf(resolver.resolve('a.test'))).toBe('destination_timeout');
    const second = resolver.resolve('a.test');
    answer('a.test', '8.8.8.8');
    expect(await second).toEqual(['8.8.8.8']);
    expect(asked).toEqual(['a.test']);
  });

  it('is shared by all who ask at the same time, and made anew afterwards', async () => {
    const { resolver, asked, answer } = slow();
    const both = [resolver.resolve('a.test'), resolver.resolve('a.test')];
    answer('a.test', '8.8.8.8', '9.9.9.9');
    expect(await Promise.all(both)).toEqual(Array(2).fill(['8.8.8.8', '9.9.9.9']));
    const third = resolver.resolve('a.test');
    answer('a.test', '1.1.1.1');
    expect(await third).toEqual(['1.1.1.1']);
    expect(asked).toHaveLength(2);
  });
});

describe('look-ups that hang', () => {
  it('below one domain leave room for others', async () => {
    const { resolver, asked, answer } = slow();
    const hanging = Array.from({ length: 16 }, (_, i) => codeOf(resolver.resolve(`h${i}.attacker.example.com`)));
    expect(await codeOf(resolver.resolve('one-more.example.com'))).toBe('destination_timeout');
    expect(asked).toHaveLength(16);
    const other = resolver.resolve('api.example.org');
    answer('api.example.org', '8.8.8.8');
    expect(await other).toEqual(['8.8.8.8']);
    for (let i = 0; i < 16; i += 1) answer(`h${i}.attacker.example.com`, '8.8.8.8');
    expect(await Promise.all(hanging)).toEqual(Array(16).fill('resolved'));
    const again = resolver.resolve('one-more.example.com');
    answer('one-more.example.com', '8.8.8.8');
    expect(await again).toEqual(['8.8.8.8']);
  });

  it('of many domains are bounded, all together', async () => {
    const { resolver, asked } = slow(50);
    const codes = Array.from({ length: 100 }, (_, i) => codeOf(resolver.resolve(`h.domain-${i}.com`)));
    expect(new Set(await Promise.all(codes))).toEqual(new Set(['destination_timeout']));
    expect(asked).toHaveLength(64);
  });
});
