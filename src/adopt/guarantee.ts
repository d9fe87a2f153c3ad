import type { Binding } from './binding.js';

export interface GuaranteeInput {
  readonly bindings: readonly Binding[];
  readonly configured: readonly { readonly secretName: string; readonly where: string }[];
  /** Hosts of package registries, which are tunnelled. */
  readonly registries: readonly string[];
  /** What was handed over unprotected with `--pass`. */
  readonly passed: readonly string[];
  /** Whether the proxy's own process could be made unreadable for the child. */
  readonly unreadable: boolean;
}

/** What `run` prints on stderr before the child starts: what is protected, and what the level does and does not stop. */
export function guarantee({ bindings, configured, registries, passed, unreadable }: GuaranteeInput): string {
  const secrets = [
    ...bindings.map(
      ({ secretName, from, hosts }) =>
        `  ${secretName}: a placeholder in ${from.join(', ')}; the secret goes only to ${hosts.join(', ')}`,
    ),
    ...configured.map(
      ({ secretName, where }) =>
        `  ${secretName}: a placeholder in ${where}; the secret goes where the configuration says`,
    ),
  ];
  const memory = unreadable ? '' : " The proxy's memory is readable for programs of the same user on this system.";
  return [
    `keywright: level L1. The child holds ${secrets.length === 0 ? 'no secret that is known here' : 'placeholders instead of these secrets'}.`,
    ...secrets,
    ...(registries.length > 0 ? [`  tunnelled for packages, unread: ${registries.join(', ')}`] : []),
    ...(passed.length > 0 ? [`  handed over unprotected: ${passed.join(', ')}`] : []),
    '  stops leaks through prompts, logs, answers, crash reports, configuration files and printed environments.',
    `  does not stop hostile code of the same user that goes after the proxy's files and memory or connects directly.${memory}`,
    '',
  ].join('\n');
}
