import { HeaderList } from '../core/header-list.js';
import type { RequestHead } from '../core/message.js';
import { Reason } from '../core/reason.js';
import { Refusal } from '../core/refusal.js';
import type { Credential } from '../secrets/index.js';
import { seal } from '../secrets/seal.js';
import type { Injection } from './index.js';
import type { Placeholders } from './placeholder.js';
import { mayHoldPlaceholder, placeholderIdsIn } from './search.js';

/**
 * Throws `placeholder_misplaced` where the head carries a placeholder that no firing injection is for, or that none of them
 * will take away: in another header, the path, the query, in another spelling, of another client or for another host.
 */
export function checkHead(
  head: RequestHead,
  firing: readonly Injection[],
  client: string,
  placeholders: Placeholders,
): void {
  const text = textOf(head);
  if (!mayHoldPlaceholder(text) || placeholderIdsIn(Buffer.from(text, 'latin1')).size === 0) return;
  const own = new Set(
    firing.flatMap(({ secrets }) =>
      secrets.flatMap((secret) => [...placeholderIdsIn(Buffer.from(placeholders.of(client, secret) ?? '', 'latin1'))]),
    ),
  );
  const misplaced = firstPlaceholder(head, own) ?? firstPlaceholder(rehearsed(head, firing, client), new Set());
  if (misplaced === undefined) return;
  const { client: whose, secret } = placeholders.owner(misplaced.id) ?? {};
  const what = secret === undefined ? 'a placeholder of nobody here' : `the placeholder of ${whose} for ${secret}`;
  throw new Refusal('placeholder_misplaced', { cause: new Reason(`${what} stands in ${misplaced.where}`) });
}

/** All of the head at once: most have nothing in it, and one search shows that. */
function textOf({ path, headers }: RequestHead): string {
  return `${path}\n${headers.raw.join('\n')}`;
}

/** The first placeholder that is not allowed, and where it stands: never what stands there. */
function firstPlaceholder(
  head: RequestHead,
  allowed: ReadonlySet<string>,
): { readonly id: string; readonly where: string } | undefined {
  for (const [where, text] of textsOf(head)) {
    const id = [...placeholderIdsIn(Buffer.from(text, 'latin1'))].find((found) => !allowed.has(found));
    if (id !== undefined) return { id, where };
  }
  return undefined;
}

function* textsOf({ path, headers }: RequestHead): Generator<readonly [where: string, text: string]> {
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

/** The head as it would leave, with something harmless in place of each secret. */
function rehearsed(head: RequestHead, firing: readonly Injection[], client: string): RequestHead {
  const copy = { method: head.method, path: head.path, headers: new HeaderList(head.headers.raw) };
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
