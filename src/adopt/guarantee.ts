import { describeReach, type Reach } from '../process/reach.js';
import { signsOnly, type Binding } from './binding.js';
import type { Exchange } from './exchange.js';

export interface GuaranteeInput {
  readonly bindings: readonly Binding[];
  /** Access tokens that the proxy fetches in the child's place. */
  readonly exchanges?: readonly Pick<Exchange, 'secretName' | 'endpoint' | 'hosts'>[];
  readonly configured: readonly { readonly secretName: string; readonly where: string }[];
  /** Hosts of package registries, which are tunnelled. */
  readonly registries: readonly string[];
  /** What was handed over unprotected with `--pass`. */
  readonly passed: readonly string[];
  /** Who can read the memory of the proxy's own process. */
  readonly reach: Reach;
}

/** What `run` prints on stderr before the child starts: what is protected, and what the level does and does not stop. */
export function guarantee(input: GuaranteeInput): string {
  const { bindings, exchanges = [], configured, registries, passed, reach } = input;
  const secrets = [
    ...bindings.map(
      (binding) =>
        `  ${binding.secretName}: a placeholder in ${binding.from.join(', ')}; the secret ${signsOnly(binding) ? 'signs requests' : 'goes only'} to ${binding.hosts.join(', ')}`,
    ),
    ...exchanges.map(
      ({ secretName, endpoint, hosts }) =>
        `  ${secretName}: a placeholder from ${endpoint}, where nothing goes; the secret goes only to ${hosts.join(', ')}`,
    ),
    ...configured.map(
      ({ secretName, where }) =>
        `  ${secretName}: a placeholder in ${where}; the secret goes where the configuration says`,
    ),
  ];
  const kept = reach.kind === 'unreadable';
  return [
    `keywright: level L1. The child holds ${secrets.length === 0 ? 'no secret that is known here' : 'placeholders instead of these secrets'}.`,
    ...secrets,
    ...(registries.length > 0 ? [`  tunnelled for packages, unread: ${registries.join(', ')}`] : []),
    ...(passed.length > 0 ? [`  handed over unprotected: ${passed.join(', ')}`] : []),
    '  stops leaks through prompts, logs, answers, crash reports, configuration files and printed environments.',
    `  does not stop hostile code of the same user that goes after the proxy's files${kept ? '' : ' and memory'}, reads what exported a secret, or connects directly.`,
    `  ${describeReach(reach)}.`,
    '',
  ].join('\n');
}
