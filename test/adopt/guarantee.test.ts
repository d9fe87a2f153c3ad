import { describe, expect, it } from '@jest/globals';
import { guarantee } from '../../src/adopt/guarantee.js';

const binding = {
  service: 'github',
  services: ['github'],
  secretName: 'github',
  from: ['GITHUB_TOKEN', 'GH_TOKEN'],
  hosts: ['api.github.com', 'github.com'],
  inject: [{ place: 'header', name: 'authorization', template: '{github}', mode: 'substitute' }] as const,
  shape: 'x',
};

describe('the guarantee', () => {
  it('says of keys that sign that they are sent nowhere', () => {
    const keys = { access_key_id: 'aws-access-key-id', secret_access_key: 'aws-secret-access-key' };
    const signing = {
      ...binding,
      hosts: ['*.amazonaws.com'],
      inject: [{ sign: 'sigv4', ...keys, mode: 'substitute' }] as const,
    };
    const text = guarantee({
      bindings: [signing],
      configured: [],
      registries: [],
      passed: [],
      reach: { kind: 'unreadable', waits: false },
    });
    expect(text).toContain('the secret signs requests to *.amazonaws.com');
    const exchanged = { ...binding, inject: [], isExchanged: true };
    const rest = { configured: [], registries: [], passed: [], reach: { kind: 'unreadable', waits: false } as const };
    expect(guarantee({ bindings: [exchanged], ...rest })).toContain('the secret goes only to api.github.com');
  });

  it('names the level, what is protected and how, and what is not stopped', () => {
    const text = guarantee({
      bindings: [binding],
      exchanges: [{ secretName: 'mail', endpoint: 'https://login.example.com/token', hosts: ['mail.example.com'] }],
      configured: [{ secretName: 'own', where: 'argument 2' }],
      registries: ['npm.example.com'],
      passed: ['OTHER_KEY'],
      reach: { kind: 'unreadable', waits: false },
    });
    expect(text).toBe(`keywright: level L1. The child holds placeholders instead of these secrets.
  github: a placeholder in GITHUB_TOKEN, GH_TOKEN; the secret goes only to api.github.com, github.com
  mail: a placeholder from https://login.example.com/token, where nothing goes; the secret goes only to mail.example.com
  own: a placeholder in argument 2; the secret goes where the configuration says
  tunnelled for packages, unread: npm.example.com
  handed over unprotected: OTHER_KEY
  stops leaks through prompts, logs, answers, crash reports, configuration files and printed environments.
  does not stop hostile code of the same user that goes after the proxy's files, reads what exported a secret, or connects directly.
  the proxy's memory and environment are out of reach for programs of the same user, though not for root.
`);
  });

  it('says so where nothing is protected, and where memory is readable', () => {
    const reach = { kind: 'readable', why: 'it runs as root' } as const;
    const text = guarantee({ bindings: [], configured: [], registries: [], passed: [], reach });
    expect(text).toContain('holds no secret that is known here');
    expect(text).toContain('files and memory,');
    expect(text).toContain("  the proxy's memory is readable for programs of the same user: it runs as root.\n");
    expect(text.trimEnd().split('\n')).toHaveLength(4);
  });

  it('promises nothing complete', () => {
    const reach = { kind: 'unreadable', waits: true } as const;
    const text = guarantee({ bindings: [binding], configured: [], registries: [], passed: [], reach });
    expect(text).not.toMatch(/complete|every|never|all /i);
  });
});
