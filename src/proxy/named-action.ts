import type { Draft } from '../core/message.js';
import { denied, type Grant } from '../policy/decide.js';
import type { CallerAnswer } from './answer.js';
import type { CallerRequest } from './caller-request.js';
import { readContent } from './held-content.js';
import type { Plan, Services } from './services.js';

/**
 * Reads the content of a request that a built-in rule forbids unless it names a harmless action, into the draft. Throws `denied` where it
 * does not, or could be read to name another; and as `readContent` does.
 */
export async function checkAction(
  services: Pick<Services, 'limits' | 'heldBytes'>,
  { pending, caller: { client } }: Pick<Grant<Plan>, 'pending' | 'caller'>,
  draft: Draft,
  request: CallerRequest,
  answer: Pick<CallerAnswer, 'invite'>,
): Promise<void> {
  await readContent(services, client, draft, request, answer);
  const action = namedAction(draft);
  const forbidding = pending.find(({ builtIn }) => action === undefined || builtIn?.unless?.includes(action) !== true);
  if (forbidding !== undefined) throw denied(forbidding);
}

const plainForm = /^application\/x-www-form-urlencoded(?:; *charset=utf-8)?$/i;

/** More than AWS takes, whose lists have some hundreds of members. Each costs memory while it is looked at. */
const mostPairs = 10_000;

/** Fields of which any would name the action, as the JSON and CBOR protocols of AWS do, or say that the form is something else. */
const misleading = ['content-encoding', 'x-amz-target', 'smithy-protocol'];

/**
 * The action that AWS's query protocol takes from this content; undefined where another reader may find another one in it. Stricter than
 * any server: names plain and each there once, values in no byte that separates anything.
 */
export function namedAction({ headers, content }: Pick<Draft, 'headers' | 'content'>): string | undefined {
  const sent = headers.raw.filter((_, at) => at % 2 === 0).map(asRead);
  const types = sent.filter((name) => name === 'content-type');
  if (content === undefined || types.length !== 1 || !plainForm.test(headers.first('content-type') ?? ''))
    return undefined;
  if (misleading.some((name) => sent.includes(name))) return undefined;
  const texts = content.plain.toString('latin1').split('&', mostPairs + 1);
  if (texts.length > mostPairs) return undefined;
  const pairs = texts.map((pair) => /^([A-Za-z][\w.]*)=([\w.~%*+-]*)$/.exec(pair));
  const names = pairs.map((pair) => pair?.[1]?.toLowerCase());
  // Services of AWS once took `Operation` for the same.
  if (names.includes(undefined) || names.includes('operation') || new Set(names).size < names.length) return undefined;
  return pairs.find((pair) => pair?.[1] === 'Action')?.[2];
}

/** CGI and WSGI make the same variable of `-` and `_`. */
function asRead(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
