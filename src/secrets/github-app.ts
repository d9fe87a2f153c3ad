import { z } from 'zod';
import { defineKind } from '../core/kind.js';
import type { Rule } from '../core/rule.js';
import { allowed, textOption } from './allowed.js';
import { addressOption, connectionOptions, connectionRules, connectTo } from './connection-options.js';
import type { GitHub } from './github-app/ask.js';
import { signAppJwt } from './github-app/app-jwt.js';
import { findInstallation, type Account } from './github-app/installation.js';
import { levels, type Scope } from './github-app/scope.js';
import { mintToken } from './github-app/token.js';
import type { Fetched, FetchContext, Source } from './index.js';
import { atMostOne, exactlyOne, ruleOf } from './option-rules.js';
import { secretReference } from './reference.js';
import { Unavailability } from './unavailable.js';
import type { SourceContext } from './source-context.js';

const owner = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const repository = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\/(?!\.{1,2}$)[\w.-]{1,100}$/;
const anAccount = 'an account as GitHub has it, such as acme';
const aRepository = 'owner/name, such as acme/site';
/** As many as GitHub takes. */
const mostRepositories = 500;
const anId = 'a whole number from 1, as GitHub shows it';
const id = z.int(allowed(anId)).min(1, allowed(anId));
const repositoryCount = allowed(`a list of 1 to ${mostRepositories} repositories`);

const options = {
  app_id: id.optional().describe('The id of the app; this or `client_id`.'),
  client_id: textOption(/^[A-Za-z0-9._-]{1,128}$/, 'a client id such as Iv23liabcdefghijklmn')
    .optional()
    .describe("The app's client id, which GitHub recommends over `app_id`."),
  private_key: secretReference.describe(
    "The secret with the app's private key, PEM (PKCS#1 or PKCS#8). It stays in this process: its `hosts` may be `[]`.",
  ),
  installation_id: id
    .optional()
    .describe('Where the app is installed. Absent: found by `owner`, or by the first of `repositories`.'),
  owner: z
    .string(allowed(anAccount))
    .refine((text) => owner.test(text), allowed(anAccount))
    .optional()
    .describe('The organisation or user where the app is installed.'),
  repositories: z
    .array(z.string(allowed(aRepository)).refine((text) => repository.test(text), allowed(aRepository)))
    .min(1, repositoryCount)
    .max(mostRepositories, repositoryCount)
    .optional()
    .describe(
      '`owner/name` of the repositories that the token is good for, all of one owner. Absent: all of the installation.',
    ),
  repository_ids: z
    .array(id)
    .min(1, repositoryCount)
    .max(mostRepositories, repositoryCount)
    .optional()
    .describe('The same, by id.'),
  permissions: z
    .record(
      textOption(/^[a-z][a-z0-9_]{0,63}$/, 'a permission as the API of GitHub calls it, such as pull_requests'),
      z.enum(levels),
    )
    .optional()
    .describe('What the token is good for: `{ contents: read }`. Absent: all that the installation was granted.'),
  address: addressOption
    .refine((text) => !/^https?:\/\/(?:www\.)?github\.com\b/i.test(text), {
      error: 'found the web site of GitHub; allowed is its API, https://api.github.com',
    })
    .default('https://api.github.com')
    .describe('The API; of GitHub Enterprise Server `https://HOST/api/v3`.'),
  ...connectionOptions,
};

const rule = ruleOf<Options>();

const rules: readonly Rule[] = [
  ...connectionRules('address'),
  exactlyOne('app_id', 'client_id'),
  atMostOne('repositories', 'repository_ids'),
  rule(['installation_id', 'owner', 'repositories'], ({ installation_id, owner, repositories }) =>
    [installation_id, owner, repositories].every((one) => one === undefined)
      ? [
          {
            path: ['installation_id'],
            message: 'found nothing to find the installation by; allowed is installation_id, owner or repositories',
          },
        ]
      : [],
  ),
  rule(['owner', 'repositories'], ({ owner, repositories = [] }) => {
    const whose = (owner ?? ownerOf(repositories[0] ?? '')).toLowerCase();
    return repositories.flatMap((repository, index) =>
      ownerOf(repository).toLowerCase() === whose
        ? []
        : [
            {
              path: ['repositories', index],
              message:
                'found a repository of another owner; allowed are those of one owner, which is "owner" where it is given',
            },
          ],
    );
  }),
];

type Options = z.output<z.ZodObject<typeof options>>;

/**
 * Tokens of an app's installation, an hour each, narrowed as the configuration says and given back when no longer used. Each secret has its
 * own: what is kept is kept by the secret, never by the installation, as two apps or servers may have installations of one number.
 */
export const githubAppSource = defineKind({
  kind: 'github-app',
  summary: 'Tokens of a GitHub App for one installation, narrowed to repositories and permissions.',
  options,
  rules,
  make: (chosen: Options, context: SourceContext): Source => {
    const { name, clock } = context;
    const asked = askedFor(chosen);
    const github: GitHub = { name, clock, client: connectTo(chosen.address, chosen, context) };
    let found: number | undefined;
    return {
      async fetch({ signal, secret }: FetchContext): Promise<Fetched> {
        const jwt = await signAppJwt(name, await secret(chosen.private_key), asked.issuer, clock.now());
        const { at, scope } = asked;
        found ??= typeof at === 'number' ? at : await findInstallation(github, at, jwt, signal);
        try {
          return await mintToken(github, { installation: found, scope, jwt }, signal);
        } catch (error) {
          // Installed anew, it has another number.
          if (isMissing(error)) found = undefined;
          throw error;
        }
      },
    };
  },
});

interface Asked {
  readonly issuer: string;
  readonly at: number | Account;
  readonly scope: Scope;
}

function askedFor(chosen: Options): Asked {
  const { app_id, client_id, repositories, repository_ids: repositoryIds, permissions } = chosen;
  const issuer = client_id ?? app_id?.toString() ?? unchecked();
  return { issuer, at: placeOf(chosen), scope: { repositories, repositoryIds, permissions } };
}

function placeOf({ installation_id, owner, repositories: [repository] = [] }: Options): number | Account {
  if (installation_id !== undefined) return installation_id;
  if (owner !== undefined) return { owner };
  return repository === undefined ? unchecked() : { repository };
}

function unchecked(): never {
  throw new TypeError('the options were not checked');
}

function ownerOf(repository: string): string {
  return repository.slice(0, repository.indexOf('/'));
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Unavailability && cause.kind === 'missing';
}
