import { setTimeout as delay } from 'node:timers/promises';
import { sealMembers, membersOf, objectIn } from '../answer.js';
import { textOption } from '../allowed.js';
import { defineSourceOf } from '../backend.js';
import { durationBetween } from '../duration-option.js';
import type { Fetched, FetchContext, Source } from '../index.js';
import type { SourceContext } from '../source-context.js';
import { Unavailability } from '../unavailable.js';
import { unlessAborted } from '../unless-aborted.js';
import { named } from './failure.js';
import { heldLease, shortestLease, type LeasePlace, type ToldLease } from './lease.js';
import { placeOptions, projectOption } from './place-options.js';
import type { Infisical } from './server.js';

/** Milliseconds: a lease that comes when nobody waits any more is waited for, and given back: at first by whoever asked. */
const patience = 30_000;
const lastWords = 500;
const longestLease = 10 * 365 * 24 * 3_600_000;

/** A lease of a dynamic secret. https://infisical.com/docs/api-reference/endpoints/dynamic-secrets/create-lease */
export const dynamicSource = defineSourceOf<Infisical>()({
  kind: 'infisical-dynamic',
  summary: 'A lease of a dynamic secret in Infisical: made for Keywright, renewed while it is used, and given back.',
  options: {
    project_slug: projectOption.describe('The slug of the project.'),
    ...placeOptions,
    dynamic_secret: textOption(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'the name of a dynamic secret, in lower case').describe(
      'The name of the dynamic secret, in lower case.',
    ),
    ttl: durationBetween(
      { least: shortestLease, most: longestLease, step: 1000 },
      'a duration from 1m to 10 years (87600h), in whole seconds',
    )
      .optional()
      .describe('How long a lease is asked for; without it as long as the dynamic secret says.'),
  },
  make({ project_slug, environment, path, dynamic_secret, ttl }, context): Source {
    const place: LeasePlace = { projectSlug: project_slug, environmentSlug: environment, path };
    const body = {
      dynamicSecretName: dynamic_secret,
      ...place,
      ...(ttl !== undefined && { ttl: `${ttl / 1000}s` }),
    };
    return {
      async fetch(asking) {
        const creating = create(place, body, asking, context);
        try {
          return await unlessAborted(creating, asking.signal);
        } catch (error) {
          if (!asking.signal.aborted) throw named(context.name, error);
          // Whoever asked gives back what comes now.
          const late = await Promise.race([creating.catch(() => undefined), delay(lastWords)]);
          if (late !== undefined) return late;
          void creating.then(giveBack, () => undefined);
          throw asking.signal.reason;
        }
      },
    };
  },
});

/** Goes on when nobody waits any more: one whose answer is never read is a lease that nobody gives back. */
async function create(
  place: LeasePlace,
  body: object,
  { caller, secret }: FetchContext,
  { name, clock, backend }: SourceContext<Infisical>,
): Promise<Fetched> {
  const asked = clock.now();
  const asking = { caller, secret };
  const question = { method: 'POST', path: '/api/v1/dynamic-secrets/leases', body } as const;
  const answer = await backend.ask(question, { ...asking, signal: AbortSignal.timeout(patience) });
  const told = toldLease(backend.objectOf(name, answer, 'lease'));
  const { data, dynamicSecret } = objectIn(name, answer, backend.origin);
  if (told === undefined) throw new Unavailability(`${backend.origin} gave no lease`, 'down', undefined);
  const longest = parseDuration(membersOf(dynamicSecret)?.['maxTTL']);
  const { expiresAt, ...lease } = heldLease({ ...told, longest }, { name, backend, clock, place, asking, asked });
  const fetched = { fields: sealMembers(name, membersOf(data) ?? {}), version: told.id, expiresAt, lease };
  if (Object.keys(fetched.fields).length > 0) return fetched;
  await giveBack(fetched);
  throw new Unavailability(`${backend.origin} gave a lease without any value`, 'down', undefined);
}

async function giveBack({ lease }: Fetched): Promise<void> {
  // Its time ends it where this fails.
  await lease?.revoke?.(AbortSignal.timeout(patience)).catch(() => undefined);
}

function toldLease(lease: Readonly<Record<string, unknown>> | undefined): Omit<ToldLease, 'longest'> | undefined {
  const { id, createdAt, expireAt } = lease ?? {};
  const [from, until] = [Date.parse(String(createdAt)), Date.parse(String(expireAt))];
  const isWhole = typeof id === 'string' && /^[\w-]{8,64}$/.test(id) && until > from;
  return isWhole ? { id, createdAt: from, expireAt: until } : undefined;
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_557_600 };

/** `1h`, `30 days`: as the dynamic secret says how long its leases last at most. Undefined where it says nothing that can be read. */
function parseDuration(text: unknown): number | undefined {
  const [, count, unit = ''] = typeof text === 'string' ? (/^(\d{1,9}) ?([smhdwy])[a-z]*$/.exec(text) ?? []) : [];
  return count === undefined ? undefined : Number(count) * (units[unit] ?? 0) * 1000;
}
