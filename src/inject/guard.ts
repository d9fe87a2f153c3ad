import { HeaderList } from '../core/header-list.js';
import type { Draft } from '../core/message.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import type { Credential } from '../secrets/index.js';
import { seal } from '../secrets/seal.js';
import { escapesRead } from './escaped-text.js';
import type { Injection } from './index.js';
import type { Placeholders } from './placeholder.js';
import { mayHoldPlaceholder, placeholderIdsIn } from './search.js';

interface Misplaced {
  readonly id: string;
  readonly where: string;
}

/**
 * Throws `placeholder_misplaced` where the request carries a placeholder that no firing injection is for, or that none of them
 * will take away: in another header, the path, the query, in another spelling, of another client or for another host. Of a body
 * that is in memory the same is asked; one that streams by is looked at there.
 */
export function checkRequest(
  head: Draft,
  firing: readonly Injection[],
  client: string,
  placeholders: Placeholders,
): void {
  const isKnown = (id: string): boolean => placeholders.owner(id) !== undefined;
  if (!headHoldsOne(head) && knownIn(head.content?.legible, isKnown).length === 0) return;
  const own = new Set(
    firing.flatMap(({ secrets }) =>
      secrets.flatMap((secret) => [...placeholderIdsIn(Buffer.from(placeholders.of(client, secret) ?? '', 'latin1'))]),
    ),
  );
  const misplaced =
    firstPlaceholder(head, own, isKnown) ?? firstPlaceholder(rehearsed(head, firing, client), new Set(), isKnown);
  if (misplaced !== undefined) refuse(misplaced, placeholders);
}

/**
 * The same for a request that goes nowhere: placeholders of this client may stand in its headers and its content, where SDKs have
 * client credentials, refresh tokens and assertions. In a path or query they are as wrong as credentials (RFC 6749 section 2.3.1).
 */
export function checkAnswered(head: Draft, client: string, placeholders: Placeholders): void {
  const isKnown = (id: string): boolean => placeholders.owner(id) !== undefined;
  const isOwn = (id: string): boolean => placeholders.owner(id)?.client === client;
  const url: Draft = { ...head, headers: new HeaderList(), content: undefined };
  const misplaced =
    firstPlaceholder(url, new Set(), isKnown) ?? firstPlaceholder({ ...head, path: '' }, { has: isOwn }, isKnown);
  if (misplaced !== undefined) refuse(misplaced, placeholders);
}

function refuse(misplaced: Misplaced, placeholders: Placeholders): never {
  const { client: whose, secret } = placeholders.owner(misplaced.id) ?? {};
  const what = secret === undefined ? 'a placeholder of nobody here' : `the placeholder of ${whose} for ${secret}`;
  throw new Refusal('placeholder_misplaced', { cause: new Reason(`${what} stands in ${misplaced.where}`) });
}

/** All of the head at once: most have nothing in it, and one search shows that. */
function headHoldsOne({ path, headers }: Draft): boolean {
  const text = `${path}\n${headers.raw.join('\n')}`;
  return mayHoldPlaceholder(text) && placeholderIdsIn(Buffer.from(text, 'latin1')).size > 0;
}

/**
 * Of a body only what is one counts: among much hexadecimal text the marker turns up by chance. A reader of JSON or XML would have it
 * out of its escapes, too.
 */
function knownIn(bytes: Buffer | undefined, isKnown: (id: string) => boolean): readonly string[] {
  if (bytes === undefined) return [];
  const read = escapesRead(bytes);
  return [...placeholderIdsIn(bytes), ...(read === undefined ? [] : placeholderIdsIn(read))].filter(isKnown);
}

/** The first placeholder that is not allowed, and where it stands: never what stands there. */
function firstPlaceholder(
  head: Draft,
  allowed: Pick<ReadonlySet<string>, 'has'>,
  isKnown: (id: string) => boolean,
): Misplaced | undefined {
  for (const [where, text] of textsOf(head)) {
    const id = [...placeholderIdsIn(Buffer.from(text, 'latin1'))].find((found) => !allowed.has(found));
    if (id !== undefined) return { id, where };
  }
  const inBody = knownIn(head.content?.legible, isKnown).find((found) => !allowed.has(found));
  return inBody === undefined ? undefined : { id: inBody, where: 'the body' };
}

function* textsOf({ path, headers }: Draft): Generator<readonly [where: string, text: string]> {
  const query = path.indexOf('?');
  yield ['the path', query === -1 ? path : path.slice(0, query)];
  yield ['the query', query === -1 ? '' : path.slice(query)];
  const { raw } = headers;
  for (let i = 0; i < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]];
    yield ['the name of a header', name];
    yield [`the header ${name.toLowerCase()}`, value];
  }
}

/** The request as it would leave, with something harmless in place of each secret. */
function rehearsed(head: Draft, firing: readonly Injection[], client: string): Draft {
  const copy: Draft = { ...head, headers: new HeaderList(head.headers.raw) };
  for (const injection of firing) {
    injection.inject(copy, client, new Map(injection.secrets.map((secret) => [secret, standIn(secret)])));
  }
  return copy;
}

/** Something harmless in place of a secret. */
export function standIn(name: string): Credential {
  const field = (): ReturnType<typeof seal> => seal(name, 'stand-in');
  return { name, backend: '', version: '', fingerprint: '', lease: undefined, sealed: [], names: [], field };
}
