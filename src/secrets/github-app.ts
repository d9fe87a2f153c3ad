import { z } from 'zod';
import { defineKind } from '../core/kind.js';
import { UsageError } from '../core/usage-error.js';
import { addressOption, connectionOptions, connectTo } from './connection-options.js';
import type { GitHub } from './github-app/ask.js';
import { signAppJwt } from './github-app/app-jwt.js';
import { findInstallation, type Account } from './github-app/installation.js';
import { levels, type Scope } from './github-app/scope.js';
import { mintToken } from './github-app/token.js';
import type { Fetched, FetchContext, Source } from './index.js';
import { secretReference } from './reference.js';
import { Unavailability } from './unavailable.js';
import type { SourceContext } from './source-context.js';

const owner = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;
const repository = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}\/(?!\.{1,2}$)[\w.-]{1,100}$/;
/** As many as GitHub takes. */
const mostRepositories = 500;
const id = z.int().min(1);

const options = {
  app_id: id.optional().describe('The id of the app; this or `client_id`.'),
  client_id: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,128}$/)
    .optional()
    .describe("The app's client id, which GitHub recommends over `app_id`."),
  private_key: secretReference.describe(
    "The secret with the app's private key, PEM (PKCS#1 or PKCS#8). It stays in this process: its `hosts` may be `[]`.",
  ),
  installation_id: id
    .optional()
    .describe('Where the app is installed. Absent: found by `owner`, or by the first of `repositories`.'),
  owner: z
    .string()
    .refine((text) => owner.test(text), { error: 'found no name of an account; allowed is one as GitHub has it: acme' })
    .optional()
    .describe('The organisation or user where the app is installed.'),
  repositories: z
    .array(
      z
        .string()
        .refine((text) => repository.test(text), { error: 'found no repository; allowed is owner/name: acme/site' }),
    )
    .min(1)
    .max(mostRepositories)
    .optional()
    .describe(
      '`owner/name` of the repositories that the token is good for, all of one owner. Absent: all of the installation.',
    ),
  repository_ids: z.array(id).min(1).max(mostRepositories).optional().describe('The same, by id.'),
  permissions: z
    .record(z.string().regex(/^[a-z][a-z0-9_]{0,63}$/), z.enum(levels))
    .optional()
    .describe('What the token is good for: `{ contents: read }`. Absent: all that the installation was granted.'),
  address: addressOption
    .default('https://api.github.com')
    .describe('The API; of GitHub Enterprise Server `https://HOST/api/v3`.'),
  ...connectionOptions,
};

type Options = z.output<z.ZodObject<typeof options>>;

/**
 * Tokens of an app's installation, an hour each, narrowed as the configuration says and given back when no longer used. Each secret has its
 * own: what is kept is kept by the secret, never by the installation, as two apps or servers may have installations of one number.
 */
export const githubAppSource = defineKind({
  kind: 'github-app',
  summary: 'Tokens of a GitHub App for one installation, narrowed to repositories and permissions.',
  options,
  make: (chosen: Options, context: SourceContext): Source => {
    const { name, clock } = context;
    const asked = askedFor(name, chosen);
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

/** What only shows when the options are seen together. Throws `UsageError`. */
function askedFor(name: string, chosen: Options): Asked {
  const { app_id, client_id, repositories, repository_ids: repositoryIds, permissions } = chosen;
  const issuer = client_id ?? app_id?.toString();
  if (issuer === undefined || (client_id !== undefined && app_id !== undefined)) {
    throw new UsageError(`the secret ${name} from github-app has one of app_id and client_id.`);
  }
  if (repositories !== undefined && repositoryIds !== undefined) {
    throw new UsageError(`the secret ${name} from github-app has one of repositories and repository_ids, or neither.`);
  }
  const owners = new Set([chosen.owner ?? [], repositories?.map(ownerOf) ?? []].flat().map((one) => one.toLowerCase()));
  if (owners.size > 1) {
    throw new UsageError(`owner and repositories of the secret ${name} from github-app are of one owner.`);
  }
  return { issuer, at: placeOf(name, chosen), scope: { repositories, repositoryIds, permissions } };
}

function placeOf(name: string, { installation_id, owner, repositories: [repository] = [] }: Options): number | Account {
  if (installation_id !== undefined) return installation_id;
  if (owner !== undefined) return { owner };
  if (repository !== undefined) return { repository };
  throw new UsageError(
    `the secret ${name} from github-app has installation_id, owner or repositories, to find its installation.`,
  );
}

function ownerOf(repository: string): string {
  return repository.slice(0, repository.indexOf('/'));
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Unavailability && cause.kind === 'missing';
}
