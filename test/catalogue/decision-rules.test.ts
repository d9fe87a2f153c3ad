import { describe, expect, it } from '@jest/globals';
import { decisionRules, guardingRules } from '../../src/catalogue/decision-rules.js';
import { ruleNames } from '../../src/catalogue/rule-name.js';
import { services } from '../../src/catalogue/services.js';
import { compilePathPattern } from '../../src/policy/path.js';
import { parseHostPattern } from '../../src/policy/host-pattern.js';

const all = { clients: undefined, inject: [{}], access: 'all' as const };
const github = { ...all, name: 'g', hosts: [parseHostPattern('api.github.com')] };
const own = { name: 'own', hosts: [parseHostPattern('a.example.com')] };

describe('the rules to decide by', () => {
  it('are those that are written, and after them those that are built in', () => {
    const { deny, policies } = decisionRules({ policies: [github], deny: [own], unsafeMinting: [] });
    expect(policies).toEqual([github]);
    expect(deny[0]).toBe(own);
    expect(
      deny.slice(1).every(({ name, builtIn }) => name.startsWith('catalogue github/') && builtIn !== undefined),
    ).toBe(true);
    expect(deny.length).toBeGreaterThan(5);
  });

  it('are only those that are written where the service is let do it', () => {
    const written = { policies: [github], deny: [own], unsafeMinting: ['github'] };
    expect(decisionRules(written).deny).toEqual([own]);
    expect(guardingRules(written)).toEqual([]);
  });

  it('are all but the one that is lifted by its name', () => {
    const held = (...unsafeMinting: string[]) => guardingRules({ policies: [github], deny: [own], unsafeMinting });
    expect(held('github/deploy-keys')).toEqual(held().filter((name) => name !== 'github/deploy-keys'));
    expect(held('github/deploy-keys')).toContain('github/user-keys');
    expect(held('slack', 'gitlab/user-keys')).toEqual(held());
  });

  it('are told by their names', () => {
    const told = guardingRules({ policies: [github], deny: [own], unsafeMinting: [] });
    expect(told).toContain('github/deploy-keys');
    expect(told.every((name) => name.startsWith('github/'))).toBe(true);
  });

  it('are one policy for each list of a read-only variant, with its name and all else it has', () => {
    const notion = {
      ...all,
      name: 'n',
      hosts: [parseHostPattern('api.notion.com')],
      service: 'notion',
      access: 'read-only' as const,
    };
    const { policies } = decisionRules({ policies: [notion], deny: [], unsafeMinting: [] });
    expect(policies.map((policy) => ({ ...policy, paths: undefined }))).toEqual([
      { ...notion, methods: ['GET'], paths: undefined },
      { ...notion, methods: ['POST'], paths: undefined },
    ]);
  });
});

describe('the names of rules', () => {
  it('are in kebab case, and each is there once in its service', () => {
    for (const service of services) {
      const names = ruleNames(service);
      expect(names).toEqual([...new Set(names)]);
      for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/);
    }
  });
});

describe.each(services.map((service) => [service.name, service] as const))('the patterns of %s', (_, service) => {
  const { minting, readOnly } = service;
  const lists = [
    ...('rules' in minting ? minting.rules.map(({ paths }) => paths) : []),
    ...(readOnly !== undefined && 'paths' in readOnly ? [readOnly.paths, readOnly.posts?.paths ?? []] : []),
  ];

  it('can be compiled, and hold no escape, which a fold to lower case would change', () => {
    for (const pattern of lists.flat()) {
      expect(() => compilePathPattern(pattern)).not.toThrow();
      expect(pattern).toMatch(/^\/[\w.*@:/-]*$/);
    }
  });
});
