import { describe, expect, it } from '@jest/globals';
import { refusalsOf } from './refusals.js';

const refused = (keys: string) => refusalsOf(`policies: [{ name: p, ${keys} }]\n`);

describe('read-only access', () => {
  it.each([
    ['without a service', 'hosts: [a.example.com], access: read-only', /found "access" without a service/],
    [
      'to a service without a list',
      'service: linear, access: read-only',
      /no list: GraphQL reads and writes at one path/,
    ],
    ['to a service that nobody reviewed', 'service: aws, access: read-only', /nobody has reviewed its paths yet/],
    [
      'beside methods',
      'service: github, access: read-only, methods: [GET]',
      /found "methods" beside access: read-only/,
    ],
    ['beside paths', 'service: github, access: read-only, paths: [/user]', /found "paths" beside access: read-only/],
    ['in a tunnel', 'service: github, access: read-only, action: tunnel', /found "action" beside access: read-only/],
    [
      'at another host of the service',
      'service: github, access: read-only, hosts: [github.com]',
      /found "github.com", which the read-only list of github is not for; allowed are "api.github.com"/,
    ],
    [
      'at hosts around those of the service',
      'service: github, access: read-only, hosts: ["*.github.com"]',
      /found "\*\.github\.com", which/,
    ],
  ])('is refused %s', (_, keys, message) => {
    expect(refused(keys)).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    'service: github, access: read-only',
    'service: gitlab, access: read-only, hosts: ["git.example.com:8443"]',
    'service: grafana, access: read-only, hosts: [g.example.com]',
  ])('may be written as %s', (keys) => expect(refused(keys)).toEqual([]));
});
