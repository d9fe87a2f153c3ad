import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { parseConfig } from '../../src/config/load.js';
import { ConfigError } from '../../src/config/problem.js';
import { backendKinds, sourceKinds } from '../../src/secrets/registry.js';

const of = (characters: string, minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from(characters)), minLength, maxLength });
const lower = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const alphanumeric = lower + lower.toUpperCase() + digits;
const words = fc.constantFrom('Tr0ub4dor', 'correct', 'Horse', 'battery', 'Staple', 'tiger', 'harvest');

/** As password managers, clouds and people make them. */
const password = fc
  .oneof(
    of('0123456789abcdef', 12, 40),
    of(`${alphanumeric}+/`, 12, 40),
    of(`${alphanumeric}-_`, 12, 40),
    of(alphanumeric, 10, 40),
    of(`${alphanumeric}!#$%&()*+,-./:;<=>?@[]^_{|}~`, 12, 24),
    fc
      .tuple(fc.array(words, { minLength: 1, maxLength: 3 }), of(digits, 1, 4), of('&!~^;', 1, 2))
      .map(([all, number, mark]) => {
        return `${all.join('-')}${mark}${number}`;
      }),
    fc.tuple(words, words, of(digits, 2, 4)).map((parts) => parts.join('-')),
    fc.constantFrom('kq93-Zvbn~!x81mmQ@7w', 'Tr0ub4dor&3', 'ghp_Zk3vQ9xLw8Rt2Yb5', 'hvs.Zk3vQ9xLw'),
  )
  .filter((text) => text.length >= 8 && /[a-z]/i.test(text) && /\d/.test(text));

type Place = (value: string) => object;
type Steps = readonly string[];

const hosts = ['a.example'];
const complete: Readonly<Record<string, object>> = {
  vault: { type: 'vault', address: 'https://v.example:8200', auth: { method: 'token', token_file: './t' } },
  aws: { type: 'aws', region: 'eu-west-1', credentials: { from: 'environment' } },
  infisical: { type: 'infisical', auth: { method: 'universal', client_id: 'x', client_secret: 'key' } },
  workos: { type: 'workos', api_key: 'key' },
};
const shapes: readonly ((value: string) => unknown)[] = [
  (value) => value,
  (value) => [value],
  (value) => ['a', value],
  (value) => ({ a: value }),
  (value) => ({ [value]: 'a' }),
];

/** The options of a kind and of what lies in them, each with the keys that choose where it is. */
function stepsOf(schema: unknown, before: Steps = [], chosen: object = {}): { steps: Steps; chosen: object }[] {
  if (!(schema instanceof z.ZodType)) return [];
  const { innerType, in: inner, options, shape } = schema.def as unknown as Readonly<Record<string, unknown>>;
  if (innerType !== undefined || inner !== undefined) return stepsOf(innerType ?? inner, before, chosen);
  if (Array.isArray(options)) return options.flatMap((option) => stepsOf(option, before));
  if (typeof shape !== 'object' || shape === null) return [];
  const keys = Object.entries(shape);
  const literals = keys.flatMap(([key, one]) => (one instanceof z.ZodLiteral ? [[key, one.value]] : []));
  return keys.flatMap(([key, one]) => [
    { steps: [...before, key], chosen: Object.fromEntries(literals) as object },
    ...stepsOf(one, [...before, key]),
  ]);
}

function placesIn(base: object, options: Readonly<Record<string, unknown>>, wrap: (entry: object) => object): Place[] {
  const inside = Object.entries(options).flatMap(([key, schema]) => [
    { steps: [key] as Steps, chosen: {} },
    ...stepsOf(schema, [key]),
  ]);
  return [
    ...inside,
    ...['from', 'type', 'hosts', 'plain_fields', 'placeholder'].map((key) => ({ steps: [key], chosen: {} })),
  ].flatMap(({ steps, chosen }) =>
    shapes.map((shape): Place => (value) => {
      const put = (at: Steps): unknown => {
        const [key = '', ...rest] = at;
        return at.length === 1 ? { ...chosen, [key]: shape(value) } : { [key]: put(rest) };
      };
      return wrap({ ...base, ...(put(steps) as object) });
    }),
  );
}

const inSecrets = (secret: unknown, backends: object = {}): object => ({
  version: 1,
  secrets: { key: { from: 'env', name: 'A', hosts }, it: secret },
  backends,
});

const ofSources = sourceKinds.flatMap(({ kind, options, of: backend }) => {
  const backends = backend === undefined ? {} : { b: complete[backend] };
  const base = { from: kind, hosts };
  return [
    ...placesIn(base, options, (entry) => inSecrets(entry, backends)),
    (value: string) => inSecrets({ ...base, [value]: 'x' }, backends),
    (value: string) => inSecrets(value, backends),
  ];
});
const ofBackends = backendKinds.flatMap(({ kind, options }) => {
  const wrap = (it: unknown): object => ({ version: 1, backends: { it } });
  return [
    ...placesIn(complete[kind] ?? {}, options, wrap),
    (value: string) => wrap({ ...complete[kind], [value]: 'x' }),
    (value: string) => wrap(value),
  ];
});
const policy = (more: object): object => ({
  ...inSecrets({ from: 'env', name: 'B', hosts }),
  clients: [{ name: 'desk' }],
  policies: [{ name: 'p', hosts, ...more }],
});
const ofOthers: readonly Place[] = [
  ...[
    'store',
    'backends',
    'secrets',
    'clients',
    'policies',
    'upstream',
    'listen',
    'limits',
    'run',
    'ca',
    'audit',
    'deny',
  ].flatMap((key) => shapes.map((shape): Place => (value) => ({ version: 1, [key]: shape(value) }))),
  ...['file', 'identity', 'x'].flatMap((key) =>
    shapes.map((shape): Place => (value) => ({ version: 1, store: { [key]: shape(value) } })),
  ),
  ...['file', 'keyring', 'passphrase', undefined].flatMap((from) =>
    ['from', 'path', 'file', 'name', 'passphrase'].map((key): Place => (value) => ({
      version: 1,
      store: { identity: { from, [key]: value } },
    })),
  ),
  ...['name', 'clients', 'hosts', 'methods', 'paths', 'action', 'inject', 'unsafe_cleartext', 'x'].flatMap((key) =>
    shapes.map(
      (shape): Place =>
        (value) =>
          policy({ [key]: shape(value) }),
    ),
  ),
  ...['place', 'name', 'template', 'mode', 'username', 'password', 'pointer'].flatMap((key) =>
    ['header', 'basic', 'ws'].map(
      (place): Place =>
        (value) =>
          policy({
            inject: [{ place, name: 'x-a', template: '{key}', username: 'u', password: '{key}', [key]: value }],
          }),
    ),
  ),
  ...['Bearer V', '{V}', '{key.V}', '{V', '{V} x'].map(
    (template): Place =>
      (value) =>
        policy({ inject: [{ place: 'header', name: 'x-a', template: template.replace('V', () => value) }] }),
  ),
  ...['name', 'token_sha256', 'token'].map((key): Place => (value) => ({
    version: 1,
    clients: [{ name: 'a', [key]: value }],
  })),
  ...['proxy', 'proxy_username', 'proxy_password_file', 'proxy_password', 'ca_file', 'no_proxy'].flatMap((key) =>
    shapes.map((shape): Place => (value) => ({ version: 1, upstream: { [key]: shape(value) } })),
  ),
];

describe('a password that was typed into a configuration is in no message about it', () => {
  it.each([
    ['a source', ofSources],
    ['a backend', ofBackends],
    ['the store, a policy, a client, the upstream proxy', ofOthers],
  ])('at any option of %s', (_, places) => {
    expect(places.length).toBeGreaterThan(100);
    let refused = 0;
    fc.assert(
      fc.property(password, fc.constantFrom(...places), (value, place) => {
        const message = refusalOf(place(value));
        if (message === undefined) return;
        refused += 1;
        expect(message).not.toContain(value);
        expect(message).not.toContain(JSON.stringify(value).slice(1, -1));
      }),
      { numRuns: 120 },
    );
    expect(refused).toBeGreaterThan(20);
  });
});

function refusalOf(config: object): string | undefined {
  try {
    parseConfig(JSON.stringify(config), '/etc/keywright/keywright.yaml');
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
