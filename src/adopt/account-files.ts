import type { Service } from '../catalogue/service.js';
import type { Binding, BoundSecret } from './binding.js';
import type { ChildInput } from './claim.js';
import { bearerOf, type Exchange } from './exchange.js';
import { membersOf, readJsonFile } from './json-file.js';
import { namesPackage } from './names-package.js';
import { isPassed, type Leftover } from './leftovers.js';

export interface AccountInput extends Pick<ChildInput, 'command' | 'args'> {
  readonly environment: Readonly<Record<string, string>>;
  readonly pass: readonly string[];
  /** Names of secrets that are given already. */
  readonly taken: readonly string[];
}

/** The accounts whose files a child was to read. */
export interface Accounts {
  /** The variables that name the files. */
  readonly variables: ReadonlySet<string>;
  readonly bound: readonly BoundSecret[];
  readonly exchanges: readonly Exchange[];
  readonly leftovers: readonly Leftover[];
  /** What the user should know: sentences. */
  readonly notes: readonly string[];
  /** What the child gets in place of each file, by its variable. */
  readonly copies: (placeholder: (secretName: string) => string) => ReadonlyMap<string, string>;
}

/**
 * Google's token endpoint, where its libraries ask too, whatever a file says: a file that somebody else has written must not lead a
 * refresh token elsewhere.
 */
const endpoint = 'https://oauth2.googleapis.com/token';
const shapes = { client: 'GOCSPX-<36 base64url>', consent: '1//0<64 base64url>', access: 'ya29.<64 base64url>' };

/** What of the files is no secret, and what a program needs of them: all else stays behind. */
const ofClient = ['client_id', 'project_id', 'auth_uri', 'token_uri', 'auth_provider_x509_cert_url', 'redirect_uris'];
const ofTokens = ['scope', 'token_type'];

/**
 * Accounts of Google in two JSON files: the client, as its console gives it, and the tokens, as its libraries keep them. Reads the files
 * that variables of the child name.
 */
export function takeAccounts(input: AccountInput, services: readonly Service[]): Accounts {
  const { environment, pass, taken } = input;
  const used = new Set(taken);
  const accounts = services.flatMap((service) => {
    const { files } = service;
    if (files === undefined) return [];
    const named = [files.client, files.tokens].filter((variable) => (environment[variable] ?? '') !== '');
    if (named.length === 0 || named.some((variable) => isPassed(pass, variable))) return [];
    const [first = '', second] = named;
    const unset = first === files.client ? files.tokens : files.client;
    const account =
      second === undefined
        ? broken(first, `${unset} is not set, and only the two files together say which account it is`)
        : takeAccount(service, files, environment, used);
    return [{ named, ...account }];
  });
  return {
    variables: new Set(accounts.flatMap(({ named }) => named)),
    bound: accounts.flatMap(({ bound }) => bound),
    exchanges: accounts.flatMap(({ exchanges }) => exchanges),
    leftovers: accounts.flatMap(({ leftovers }) => leftovers),
    notes: services.flatMap((service) => notesOn(service, input)),
    copies: (placeholder) => new Map(accounts.flatMap(({ copies }) => [...copies(placeholder)])),
  };
}

type Account = Omit<Accounts, 'variables' | 'notes'>;
type Files = NonNullable<Service['files']>;

/** Where a program looks by itself is its own affair, and may change with its version: it is not guessed at. */
function notesOn({ files, packages = [] }: Service, { environment, command, args }: AccountInput): string[] {
  if (files === undefined || !namesPackage([command, ...args], packages)) return [];
  const names = [files.client, files.tokens];
  if (names.some((variable) => (environment[variable] ?? '') !== '')) return [];
  return [`without ${names.join(' and ')} the program reads files of its own, with whatever secrets are in them.`];
}

function takeAccount(
  { name, hosts }: Service,
  files: Files,
  environment: AccountInput['environment'],
  used: Set<string>,
): Account {
  const client = readClient(environment[files.client] ?? '');
  const tokens = readTokens(environment[files.tokens] ?? '');
  if (typeof client === 'string') return broken(files.client, client);
  if (typeof tokens === 'string') return broken(files.tokens, tokens);
  const base = unusedBase(name, used);
  const [clientSecret, refreshToken, secretName] = [`${base}-client`, `${base}-consent`, `${base}-access`];
  const host = new URL(endpoint).host;
  const part = (secret: string, variable: string, shape: string): Binding => {
    const from = [`a copy of the file in ${variable}`];
    const about = { service: name, services: [name], secretName: secret, from, hosts: [host] };
    return { ...about, inject: [], isExchanged: true, shape };
  };
  const exchange: Exchange = {
    ...{ services: [name], secretName, endpoint, clientId: client.id, clientAuth: 'post', clientSecret, refreshToken },
    ...{ hosts: hosts.filter((one) => one !== host), inject: [bearerOf(secretName)], shape: shapes.access },
  };
  return {
    bound: [
      { binding: part(clientSecret, files.client, shapes.client), value: client.secret },
      { binding: part(refreshToken, files.tokens, shapes.consent), value: tokens.refresh },
    ],
    exchanges: [exchange],
    leftovers: [],
    copies: (placeholder) => {
      const copy = { ...client.rest, client_secret: placeholder(clientSecret) };
      const given = { access_token: placeholder(secretName), refresh_token: placeholder(refreshToken) };
      return new Map([
        [files.client, JSON.stringify({ [client.kind]: copy })],
        // Long over: so the program asks for a token first of all, and learns for how long it holds.
        [files.tokens, JSON.stringify({ ...tokens.rest, ...given, expiry_date: 1 })],
      ]);
    },
  };
}

function broken(where: string, why: string): Account {
  return { bound: [], exchanges: [], leftovers: [{ where, why }], copies: () => new Map() };
}

interface Client {
  readonly kind: 'installed' | 'web';
  readonly id: string;
  readonly secret: string;
  readonly rest: object;
}

/** A clause that says why not, where it cannot be read; it never repeats what stands in the file. */
function readClient(path: string): Client | string {
  const file = readJsonFile(path);
  if (typeof file === 'string') return file;
  const kind = file['installed'] === undefined ? 'web' : 'installed';
  const client = membersOf(file[kind]) ?? {};
  const { client_id: id, client_secret: secret } = client;
  if (!isToken(id) || !isToken(secret)) return 'its file names no client of OAuth with its secret';
  return { kind, id, secret, rest: picked(client, ofClient) };
}

function readTokens(path: string): { readonly refresh: string; readonly rest: object } | string {
  const file = readJsonFile(path);
  if (typeof file === 'string') return file;
  const { refresh_token: refresh } = file;
  return isToken(refresh) ? { refresh, rest: picked(file, ofTokens) } : 'its file holds no refresh token';
}

/** Shorter ones could not be found in answers. */
function isToken(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]{8,4096}$/.test(value);
}

function picked(members: Readonly<Record<string, unknown>>, names: readonly string[]): object {
  return Object.fromEntries(names.filter((name) => name in members).map((name) => [name, members[name]]));
}

function unusedBase(wanted: string, used: Set<string>): string {
  let base = wanted;
  const isUsed = (name: string): boolean => ['client', 'consent', 'access'].some((part) => used.has(`${name}-${part}`));
  for (let count = 2; isUsed(base); count += 1) base = `${wanted}-${count}`;
  return base;
}
