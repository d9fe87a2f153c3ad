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

/**
 * The action that AWS's query protocol takes from this content; undefined where another reader may find another one in it. Stricter than
 * any server: names plain and each there once, values in no byte that separates anything.
 */
export function namedAction({ headers, content }: Pick<Draft, 'headers' | 'content'>): string | undefined {
  const types = headers.all('content-type');
  if (
    content === undefined ||
    types.length !== 1 ||
    !/^application\/x-www-form-urlencoded(?:; *charset=utf-8)?$/i.test(types[0] ?? '')
  )
    return undefined;
  // The JSON protocols of AWS name the action here.
  if (headers.has('content-encoding') || headers.has('x-amz-target') || headers.has('smithy-protocol'))
    return undefined;
  const form = content.plain.toString('latin1');
  const pairs = form.split('&').map((pair) => /^([A-Za-z][\w.]*)=([\w.~%*+-]*)$/.exec(pair));
  const names = pairs.map((pair) => pair?.[1]?.toLowerCase());
  if (names.includes(undefined) || new Set(names).size < names.length) return undefined;
  return pairs.find((pair) => pair?.[1] === 'Action')?.[2];
}
