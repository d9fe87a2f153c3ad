import { describe, expect, it } from '@jest/globals';
import { secretsSection } from '../../src/config/schema-secrets.js';
import { laterSources, sourceKinds } from '../../src/secrets/registry.js';

const section = secretsSection('/etc/k');
const hosts = ['a.example'];

describe('a secret is refused', () => {
  const refused: [string, object][] = [
    ['without hosts', { s: { from: 'env', name: 'S' } }],
    ['with one host instead of a list', { s: { from: 'env', name: 'S', hosts: 'a.example' } }],
    ['with options of another source', { s: { from: 'env', path: 'S', hosts } }],
    ['with a name that no template could hold', { 's.t': { from: 'env', name: 'S', hosts } }],
    ['with its value', { s: { from: 'env', name: 'S', hosts, value: 'x' } }],
    ['with its one value called no secret', { s: { from: 'env', name: 'S', hosts, plain_fields: ['value'] } }],
    ['with a plain field that no field can be', { s: { from: 'env', name: 'S', hosts, plain_fields: ['a.b'] } }],
    ['with a shape without room for a placeholder', { s: { from: 'env', name: 'S', hosts, placeholder: 'abc' } }],
    ...laterSources.map((from): [string, object] => [`from ${from}, which is to come`, { s: { from, hosts } }]),
  ];

  it.each(refused)('%s', (_, value) => {
    expect(section.safeParse(value).success).toBe(false);
  });
});

describe('a secret', () => {
  it('has its source, hosts and the shape of its placeholders', () => {
    const secret = section.parse({ s: { from: 'env', name: 'S', hosts, placeholder: 'ghp_<36 alnum>' } }).get('s');
    expect(secret?.kind).toBe(sourceKinds.find(({ kind }) => kind === 'env'));
    expect(secret).toMatchObject({
      options: { name: 'S' },
      hosts: [{ host: 'a.example', port: 443 }],
      unsafeSharedSuffix: false,
      placeholder: 'ghp_<36 alnum>',
    });
  });

  it('has no plain fields unless it says so', () => {
    const plainFieldsOf = (more: object): unknown =>
      section.parse({ s: { from: 'env', name: 'S', hosts, ...more } }).get('s')?.plainFields;
    expect(plainFieldsOf({})).toEqual([]);
    expect(plainFieldsOf({ plain_fields: ['user'] })).toEqual(['user']);
  });

  it('may have a name that objects have, too', () => {
    const secrets = section.parse({ constructor: { from: 'env', name: 'S', hosts } });
    expect(secrets.has('constructor')).toBe(true);
    expect(secrets.has('toString')).toBe(false);
  });
});
