import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/load.js';
import { formatHostPattern } from '../../src/policy/host-pattern.js';
import { refusalsOf } from './refusals.js';

const policyOf = (keys: string) =>
  parseConfig(`version: 1\npolicies: [{ name: p, ${keys} }]\n`, '/etc/k/f.yaml').policies[0];

describe('a policy for a service', () => {
  it.each([
    [
      'service: githup',
      '2:32 found "githup"; allowed is the name of a service that is known, see docs/services.md (the nearest is "github")',
    ],
    ['service: 7', '2:32 found the number 7; allowed is the name of a service that is known, see docs/services.md'],
    ['action: allow', '2:12 "hosts" is missing; allowed is a list of hosts'],
    ['service: grafana', '2:12 "hosts" is missing; allowed is a list of hosts, as the service has none of its own'],
    ['service: github, access: write', '2:48 found "write"; allowed is "all" or "read-only"'],
  ])('cannot be written as %s', (keys, message) => {
    expect(refusalsOf(`policies: [{ name: p, ${keys} }]\n`)).toEqual([message]);
  });

  it('has the hosts of the service, those that were reviewed where it is read-only, or its own', () => {
    const hosts = (keys: string) => policyOf(keys)?.hosts.map(formatHostPattern);
    expect(hosts('service: notion')).toEqual(['api.notion.com', 'mcp.notion.com']);
    expect(hosts('service: notion, access: read-only')).toEqual(['api.notion.com']);
    expect(hosts('service: gitlab, hosts: [git.example.com]')).toEqual(['git.example.com']);
  });

  it('is for everything unless it says otherwise', () => {
    expect(policyOf('service: notion')).toMatchObject({ service: 'notion', access: 'all' });
  });
});

describe('unsafe_minting', () => {
  it('names services that are known, and none where it is left out', () => {
    const allowed =
      'allowed is the name of a service, or of one of its rules such as github/deploy-keys, see docs/services.md';
    expect(refusalsOf('unsafe_minting: [zork]\n')).toEqual([
      `2:18 found "zork"; ${allowed} (there is none of this name)`,
    ]);
    expect(refusalsOf('unsafe_minting: [github, githup]\n')).toEqual([
      `2:26 found "githup"; ${allowed} (the nearest is "github")`,
    ]);
    expect(parseConfig('version: 1\n', '/etc/k/f.yaml').unsafeMinting).toEqual([]);
    expect(parseConfig('version: 1\nunsafe_minting: [github]\n', '/etc/k/f.yaml').unsafeMinting).toEqual(['github']);
  });

  it('names single rules, and those that are known only', () => {
    const message = (name: string) => refusalsOf(`unsafe_minting:\n  - ${name}\n`)[0] ?? '';
    expect(message('github/deploy-key')).toContain('3:5 found "github/deploy-key"');
    expect(message('github/deploy-key')).toContain('(the nearest is "github/deploy-keys")');
    expect(message('githup/deploy-keys')).toContain('(the nearest is "github/deploy-keys")');
    expect(message('replicate/nothing-like-it')).toContain('(replicate has replicate/webhooks)');
    expect(message('github/')).toContain('(the nearest is "github/');
    expect(message('nowhere/keys')).toContain('(there is none of this name)');
    const config = parseConfig('version: 1\nunsafe_minting: [github/deploy-keys, slack]\n', '/etc/k/f.yaml');
    expect(config.unsafeMinting).toEqual(['github/deploy-keys', 'slack']);
  });
});
