import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { systemClock } from '../../src/core/clock.js';
import type { Caller } from '../../src/core/message.js';
import { SecretReference, type Source } from '../../src/secrets/index.js';
import { createSecrets, type NamedSource } from '../../src/secrets/lease.js';
import { reveal, seal } from '../../src/secrets/seal.js';
import { unavailable } from '../../src/secrets/unavailable.js';

const run = randomBytes(12).toString('base64url');
const later = (): number => Date.now() + 3_600_000;

/** A value of each caller's own. */
const own: Source = {
  keyFor: ({ subject }) => {
    if (subject === undefined) throw unavailable('own', 'the caller has no subject', 'denied');
    return subject;
  },
  fetch: ({ caller }) =>
    Promise.resolve({
      fields: { value: seal('own', `${run} of ${caller.subject ?? ''}`) },
      version: '1',
      expiresAt: later(),
    }),
};

/** A value that is made from another one. */
const madeFrom = (name: string): Source => ({
  fetch: async ({ secret }) => {
    const base = await secret(new SecretReference(name, 'value'));
    return { fields: { value: seal('made', `made from ${reveal(base)}`) }, version: '1', expiresAt: later() };
  },
});

const sources: [string, Omit<NamedSource, 'kind' | 'mayGoTo'>][] = [
  ['own', { source: own }],
  ['made', { source: madeFrom('own'), parts: ['own'] }],
  ['remade', { source: madeFrom('made'), parts: ['made'] }],
];

it.each(['own', 'made', 'remade'])('a secret that differs by caller is never another caller’s: %s', async (name) => {
  const secrets = createSecrets({
    sources: new Map(sources.map(([of, named]) => [of, { kind: 'test', mayGoTo: () => true, ...named }])),
    limits: { secretTimeout: 1000 },
    clock: systemClock,
  });
  const of = async (caller: Caller): Promise<string> => reveal((await secrets.acquire(name, caller)).field('value'));
  for (const subject of ['ada', 'eve', 'ada']) {
    expect(await of({ client: 'agents', subject })).toMatch(new RegExp(`${run} of ${subject}$`));
    expect(reveal(secrets.ready(name, { client: 'agents', subject })!.field('value'))).toMatch(/of (?:ada|eve)$/);
  }
  await expect(secrets.acquire(name, { client: 'agents' })).rejects.toMatchObject({ code: 'secret_unavailable' });
  await secrets.close();
});
