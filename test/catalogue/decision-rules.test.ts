import { describe, expect, it } from '@jest/globals';
import { decisionRules, guardedServices } from '../../src/catalogue/decision-rules.js';
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
      deny.slice(1).every(({ name, builtIn }) => name.startsWith('catalogue github: ') && builtIn !== undefined),
    ).toBe(true);
    expect(deny.length).toBeGreaterThan(5);
  });

  it('are only those that are written where the service is let do it', () => {
    const written = { policies: [github], deny: [own], unsafeMinting: ['github'] };
    expect(decisionRules(written).deny).toEqual([own]);
    expect(guardedServices(written)).toEqual([]);
  });

  it('name the services whose new credentials are denied', () => {
    expect(guardedServices({ policies: [github], deny: [own], unsafeMinting: ['slack'] })).toEqual(['github']);
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

describe.each(services.map((service) => [service.name, service] as const))('the patterns of %s', (_, service) => {
  const { minting, readOnly } = service;
  const lists = [
    ...('rules' in minting ? minting.rules.map(({ paths }) => paths) : []),
    ...(readOnly !== undefined && 'paths' in readOnly ? [readOnly.paths, readOnly.posts?.paths ?? []] : []),
  ];

  it('can be compiled, and hold no escape, which a fold to lower case would change', () => {
    for (const pattern of lists.flat()) {
      expect(() => compilePathPattern(pattern)).not.toThrow();
      expect(pattern).toMatch(/^\/[\w.*@/-]*$/);
    }
  });
});
