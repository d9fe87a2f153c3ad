import { z } from 'zod';
import { allowed, textOption } from '../allowed.js';
import { defineSourceOf } from '../backend.js';
import { durationOption } from '../duration-option.js';
import type { Source } from '../index.js';
import { needsSubjects, ruleOf, staleAfterRefresh } from '../option-rules.js';
import { reveal } from '../seal.js';
import { valueVersion } from '../value-version.js';
import { accountOf, identifierText, keyOf } from './account.js';
import type { Workos } from './server.js';
import { readVended } from './vended.js';

const identifier = textOption(identifierText, 'an identifier of WorkOS: letters, digits, "-" and "_"').meta({
  title: 'identifier',
});
const visible = textOption(/^[\x21-\x7e]{1,512}$/, 'a text of visible ASCII without spaces');

type Users = Readonly<Record<string, string>>;

const someIssuers = allowed('a list of 1 to 10 issuers');

/** A connected account of WorkOS Pipes (https://workos.com/docs/pipes): WorkOS keeps it authorized, and hands out what it is used with. */
export const pipesSource = defineSourceOf<Workos>()({
  kind: 'workos-pipes',
  summary:
    'An account that a user has connected to an integration by WorkOS Pipes: for each client that of its own user.',
  options: {
    integration: textOption(/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/, 'the slug of an integration, such as github')
      .meta({ title: 'slug' })
      .describe('The slug of the integration, such as `github`.'),
    endpoint: z
      .enum(['token', 'credentials'])
      .default('token')
      .describe(
        '`token`: OAuth access tokens. `credentials`: these, and the keys of integrations that are connected by API key.',
      ),
    scopes: z
      .array(visible)
      .max(100, allowed('a list of at most 100 scopes'))
      .default([])
      .describe('What the user has to have granted; with less the secret is not used.'),
    issuers: z
      .array(visible)
      .min(1, someIssuers)
      .max(10, someIssuers)
      .optional()
      .describe(
        'Values of the claim `iss` whose subjects are users of this WorkOS. Of no use yet: no client shows a token of a user.',
      ),
    organization_id: identifier
      .optional()
      .describe('The organization that the account is connected in, where there is one.'),
    users: z
      .record(visible, identifier)
      .optional()
      .describe(
        "For each client, by its name, the user whose account it uses: `{ assistant: user_01… }`. A client that is not here has none. Needed: the account of each caller's own user is not available yet.",
      ),
    refresh: durationOption
      .prefault('5m')
      .describe(
        'How long it is used before WorkOS is asked again; so long an account works on after it was disconnected.',
      ),
    max_stale: durationOption
      .prefault('1h')
      .describe(
        'How long it is used at most while WorkOS cannot answer, counted from when it was last asked; no shorter than `refresh`.',
      ),
  },
  rules: [
    ruleOf<{ users?: Users | undefined }>()(['users'], ({ users = {} }) =>
      Object.keys(users).length > 0
        ? []
        : [
            {
              path: ['users'],
              message: `found no "users": the account of each caller ${needsSubjects}; allowed is "users", with a user for each client`,
            },
          ],
    ),
    staleAfterRefresh,
  ],
  clients: ({ users = {} }: { users?: Users | undefined }) =>
    Object.keys(users).map((name) => ({ path: ['users', name], name })),
  make(options, { name, clock, backend }): Source {
    const { integration, endpoint, scopes, refresh, max_stale } = options;
    const users = options.users === undefined ? undefined : new Map(Object.entries(options.users));
    const [only, ...others] = users?.keys() ?? [];
    const terms = { name, users, organizationId: options.organization_id, issuers: options.issuers };
    return {
      keyFor: (caller) => keyOf(accountOf(terms, caller)),
      onlyClient: others.length === 0 ? only : undefined,
      async fetch(fetching) {
        const now = clock.now();
        const { userId: user, organizationId } = accountOf(terms, fetching.caller);
        const answer = await backend.ask({
          name,
          what: `the account of this user for the integration ${integration}`,
          method: 'POST',
          path: `/data-integrations/${integration}/${endpoint}`,
          body: { user_id: user, ...(organizationId !== undefined && { organization_id: organizationId }) },
          fetching,
        });
        const { value, expiresAt } = readVended({ name, integration, endpoint, scopes }, answer);
        const until = Math.min(expiresAt ?? Number.POSITIVE_INFINITY, now + Math.max(refresh, max_stale));
        return {
          fields: { value },
          version: valueVersion(reveal(value)),
          expiresAt: until,
          // Of one that ends soon, the two thirds of its life are the earlier time.
          ...(refresh < ((until - now) * 2) / 3 && { refreshAt: now + refresh }),
        };
      },
    };
  },
});
