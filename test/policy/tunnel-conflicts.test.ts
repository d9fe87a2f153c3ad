import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { overlaps, parseHostPattern } from '../../src/policy/host-pattern.js';
import type { PolicyRule } from '../../src/policy/rule.js';
import { tunnelConflicts } from '../../src/policy/tunnel-conflicts.js';

function policy(
  name: string,
  action: 'allow' | 'tunnel',
  hosts: readonly string[],
  clients?: readonly string[],
): PolicyRule<null> {
  return {
    name,
    action,
    hosts: hosts.map(parseHostPattern),
    clients,
    unsafeCleartext: false,
    unsafeOpaqueUpgrade: false,
    plan: null,
  };
}

describe('a tunnel and an intercepting policy conflict', () => {
  it.each([
    ['on one host', ['api.example.com'], undefined, ['api.example.com'], undefined],
    ['where the tunnel is wider', ['*.example.com'], undefined, ['api.example.com'], undefined],
    ['where the policy is wider', ['api.example.com'], undefined, ['*.example.com'], undefined],
    ['where both are wide', ['*.example.com'], undefined, ['*.api.example.com'], undefined],
    ['on the second host of each', ['a.test', 'b.test'], undefined, ['c.test', 'b.test'], undefined],
    ['for a client they share', ['a.test'], ['desk', 'agents'], ['a.test'], ['agents']],
    ['for one client of all', ['a.test'], ['desk'], ['a.test'], undefined],
  ])('%s', (_, tunnelHosts, tunnelClients, hosts, clients) => {
    const tunnel = policy('t', 'tunnel', tunnelHosts, tunnelClients);
    const intercept = policy('i', 'allow', hosts, clients);
    expect(tunnelConflicts([tunnel, intercept])).toEqual([{ tunnel: 't', intercept: 'i' }]);
    expect(tunnelConflicts([intercept, tunnel])).toEqual([{ tunnel: 't', intercept: 'i' }]);
  });

  it.each([
    ['on different hosts', ['a.test'], undefined, ['b.test'], undefined],
    ['on the apex beside what is under it', ['example.com'], undefined, ['*.example.com'], undefined],
    ['on different ports', ['a.test:80'], undefined, ['a.test'], undefined],
    ['for different clients', ['a.test'], ['desk'], ['a.test'], ['agents']],
    ['for no client', ['a.test'], [], ['a.test'], undefined],
  ])('but not %s', (_, tunnelHosts, tunnelClients, hosts, clients) => {
    expect(
      tunnelConflicts([policy('t', 'tunnel', tunnelHosts, tunnelClients), policy('i', 'allow', hosts, clients)]),
    ).toEqual([]);
  });

  it('and two of the same action never do', () => {
    expect(tunnelConflicts([policy('a', 'allow', ['a.test']), policy('b', 'allow', ['*.test'])])).toEqual([]);
    expect(tunnelConflicts([policy('a', 'tunnel', ['a.test']), policy('b', 'tunnel', ['*.test'])])).toEqual([]);
  });

  it('in every pair that comparing each with each finds', () => {
    const name = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
    const host = fc.tuple(fc.constantFrom('', '*.'), name).map((parts) => parts.join(''));
    const entry = fc.tuple(
      fc.constantFrom('allow' as const, 'tunnel' as const),
      fc.array(host, { maxLength: 3 }),
      fc.option(fc.subarray(['desk', 'agents']), { nil: undefined }),
    );
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 6 }), (entries) => {
        const policies = entries.map(([action, hosts, clients], at) => policy(`p${at}`, action, hosts, clients));
        const expected = policies.flatMap((tunnel) =>
          policies
            .filter((other) => tunnel.action === 'tunnel' && other.action === 'allow')
            .filter((other) => tunnel.hosts.some((a) => other.hosts.some((b) => overlaps(a, b))))
            .filter(
              ({ clients }) =>
                clients === undefined || (tunnel.clients ?? clients).some((client) => clients.includes(client)),
            )
            .filter((other) =>
              ['desk', 'agents', 'another'].some((client) =>
                [tunnel, other].every(({ clients }) => clients === undefined || clients.includes(client)),
              ),
            )
            .map((other) => ({ tunnel: tunnel.name, intercept: other.name })),
        );
        expect(tunnelConflicts(policies)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});
