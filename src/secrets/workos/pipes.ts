import { z } from 'zod';
import { allowed, textOption } from '../allowed.js';
import { defineSourceOf } from '../backend.js';
import { durationOption } from '../duration-option.js';
import type { Source } from '../index.js';
import { needsSubjects, ruleOf, staleAfterRefresh, together } from '../option-rules.js';
import { reveal } from '../seal.js';
import { valueVersion } from '../value-version.js';
import { accountOf, identifierText, keyOf } from './account.js';
import type { Workos } from './server.js';
import { readVended } from './vended.js';

const identifier = textOption(identifierText, 'an identifier of WorkOS: letters, digits, "-" and "_"').meta({
  title: 'identifier',
});
const visible = textOption(/^[\x21-\x7e]{1,512}$/, 'a text of visible ASCII without spaces');

const someIssuers = allowed('a list of 1 to 10 issuers');

/** A connected account of WorkOS Pipes (https://workos.com/docs/pipes): WorkOS keeps it authorized, and hands out what it is used with. */
export const pipesSource = defineSourceOf<Workos>()({
  kind: 'workos-pipes',
  summary: 'The account that one user has connected to an integration by WorkOS Pipes, for one client.',
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
    user_id: identifier
      .optional()
      .describe(
        "The user whose account is used, by one client, which `client` has to name. Needed: the account of each caller's own user is not available yet.",
      ),
    client: visible.optional().describe('The one client that may use the account of `user_id`; all others have none.'),
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
    ruleOf<{ user_id?: string | undefined; client?: string | undefined }>()(['user_id', 'client'], (options) =>
      options.user_id === undefined && options.client === undefined
        ? [
            {
              path: ['user_id'],
              message: `found no "user_id": the account of each caller ${needsSubjects}; allowed is "user_id", with "client"`,
            },
          ]
        : [],
    ),
    together('user_id', 'client'),
    staleAfterRefresh,
  ],
  clients: ({ client }: { client?: string | undefined }) =>
    client === undefined ? [] : [{ path: ['client'], name: client }],
  make(options, { name, clock, backend }): Source {
    const { integration, endpoint, scopes, refresh, max_stale } = options;
    const { user_id: userId, client } = options;
    const fixed = userId === undefined || client === undefined ? undefined : { userId, client };
    const terms = { name, fixed, organizationId: options.organization_id, issuers: options.issuers };
    return {
      keyFor: (caller) => keyOf(accountOf(terms, caller)),
      onlyClient: fixed?.client,
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
