import type { HeaderList } from '../core/header-list.js';
import type { RefusalCode } from '../core/refusal.js';
import type { Target } from '../core/message.js';
import { formatAuthority } from '../policy/authority.js';
import type { Explanation } from '../policy/decide.js';
import { allowingRule } from './allowing-rule.js';

/** The request that is asked about. */
export interface Question {
  readonly client: string;
  readonly method: string;
  readonly target: Target;
  readonly path: string;
  readonly headers: HeaderList;
}

export interface Answer extends Omit<Explanation, 'outcome'> {
  readonly outcome: Explanation['outcome'] | 'refused';
  /** What the deciding policy would put where; names only. */
  readonly injections: readonly {
    readonly place: string;
    readonly secrets: readonly string[];
    readonly mode: string;
    readonly fires: boolean;
    /** Whether it depends on the body, which nobody has here: it may fire all the same. */
    readonly inBody: boolean;
  }[];
  /** The secret whose placeholder is the answer, where the request goes nowhere. */
  readonly placeholderFor?: string;
  /** The URL of the proxy that it leaves through; undefined where it goes directly. */
  readonly upstreamProxy: string | undefined;
  /** Why a request that a policy allows is refused all the same. */
  readonly refusal: { readonly code: RefusalCode; readonly message: string } | undefined;
}

const reasons = {
  match: 'matches',
  host: 'is for other hosts',
  client: 'is for other clients',
  method: 'is for other methods',
  path: 'is for other paths',
  ambiguous: 'looks at paths, and this one reads two ways',
} as const;

/** The explanation as a person reads it. */
export function inWords(question: Question, answer: Answer): string {
  const { client, method, target } = question;
  const lines = [
    `${client}: ${method} ${target.scheme}://${formatAuthority(target.authority)}${answer.canonicalPath ?? ' (ambiguous path)'}`,
  ];
  for (const { list, rule, verdict, decides } of answer.rules.filter(isTold)) {
    lines.push(`  ${decides ? '→' : ' '} ${list === 'deny' ? 'deny' : 'policy'} ${rule}: ${reasons[verdict]}`);
  }
  lines.push(`  = ${outcome(answer)}`);
  if (answer.wayOut !== undefined) lines.push(`    ${answer.wayOut}`);
  if (answer.placeholderFor !== undefined) {
    lines.push(
      `    ${answer.placeholderFor} → its placeholder is the answer: the request goes nowhere (token_endpoint)`,
    );
  } else if (answer.upstreamProxy !== undefined && (answer.outcome === 'allow' || answer.outcome === 'tunnel')) {
    lines.push(
      `    by way of the upstream proxy ${answer.upstreamProxy}: the name of the host is vetted, not its address`,
    );
  }
  for (const { place, secrets, mode, ...when } of answer.injections)
    lines.push(`    ${secrets.join(', ')} → ${place} (${mode}${unless(mode, when)})`);
  if (answer.outcome === 'no_policy') {
    lines.push(
      '',
      'This policy would allow it:',
      '',
      allowingRule({ client, method, host: target.authority.host, port: target.authority.port, path: question.path }),
    );
  }
  return `${lines.join('\n')}\n`;
}

function unless(mode: string, { fires, inBody }: Pick<Answer['injections'][number], 'fires' | 'inBody'>): string {
  if (fires) return '';
  if (inBody)
    return `: where the request has a body of this type${mode === 'set' ? '' : ' with its placeholder there'}`;
  return `: ${mode === 'set' ? 'it is for other paths' : 'no placeholder in this request'}, so nothing goes`;
}

/** What is built in is told where it has to do with the request; the names of the configuration's rules hold no space. */
function isTold({ rule, verdict }: Answer['rules'][number]): boolean {
  return !rule.startsWith('catalogue ') || verdict === 'match' || verdict === 'ambiguous';
}

function outcome({ outcome: found, refusal }: Answer): string {
  switch (found) {
    case 'allow':
      return 'allowed';
    case 'tunnel':
      return 'tunnelled unread: nothing is injected, nothing is scrubbed';
    case 'denied':
      return 'refused: a deny rule forbids it (denied)';
    case 'bad_path':
      return 'refused: the path reads two ways (bad_path)';
    case 'no_policy':
      return 'refused: no policy matches (no_policy)';
    case 'refused':
      return `refused: ${refusal?.message ?? ''} (${refusal?.code ?? ''})`;
  }
}
