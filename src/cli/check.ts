import { openAuthority, readPem } from '../app.js';
import { guardedServices } from '../catalogue/decision-rules.js';
import type { Config } from '../config/load.js';
import { Refusal } from '../core/refusal.js';
import { systemClock } from '../core/clock.js';
import { MissingError } from '../core/usage-error.js';
import { proxyCredentials } from '../net/proxy-credentials.js';
import { openSecrets } from '../secret-sources.js';
import type { Command } from './command.js';
import { configOption, requireConfig } from './configuration.js';

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  /** Where it was looked for and what was wrong; never a value. */
  readonly why?: string;
}

export const check: Command = {
  name: 'check',
  help: `
keywright check --config keywright.yaml

Every mistake in the file with line and column (exit 2); then each secret is fetched from where it lives, and thrown
away, the password of the upstream proxy too, and the certificate files are read (exit 1 where one is missing).

  -c, --config FILE   the configuration
      --offline       the file only
      --json          the findings as JSON
`,
  options: { ...configOption, offline: { type: 'boolean' }, json: { type: 'boolean' } },
  async run(invocation, terminal) {
    const config = requireConfig(invocation, terminal);
    const findings =
      invocation.values['offline'] === true
        ? []
        : [
            ...(await checkSecrets(config, terminal.environment)),
            ...checkProxyPassword(config),
            ...checkCertificates(config),
          ];
    const complete = findings.every(({ ok }) => ok);
    if (invocation.values['json'] === true) terminal.out(`${JSON.stringify({ ok: complete, findings })}\n`);
    else terminal.out(inWords(config, findings));
    return complete ? 0 : 1;
  },
};

/** Fetches each of these secrets once; what is missing is said, what is there is not shown. */
export async function checkSecrets(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
  names: Iterable<string> = config.secrets.keys(),
): Promise<Finding[]> {
  const { secrets } = openSecrets(config, { environment, clock: systemClock, onEvent: () => undefined });
  const findings = await Promise.all(
    Array.from(names, async (name): Promise<Finding> => {
      try {
        await secrets.acquire(name, { client: 'check' });
        return { what: `secret ${name}`, ok: true };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return {
          what: `secret ${name}`,
          ok: false,
          why: error.cause instanceof Error ? error.cause.message : error.message,
        };
      }
    }),
  );
  await secrets.close();
  return findings;
}

function checkProxyPassword({ upstream: { proxy } }: Config): Finding[] {
  if (proxy?.username === undefined || proxy.passwordFile === undefined) return [];
  const { username, passwordFile } = proxy;
  return [found('password of the upstream proxy', () => proxyCredentials(username, passwordFile))];
}

/** What `serve` would miss at its start. A CA that it makes itself is not made here. */
function checkCertificates(config: Config): Finding[] {
  const { ca, destinations, upstream } = config;
  const trusted = [
    ...Array.from(destinations, ([authority, { caFile }]) => [`certificates for ${authority}`, caFile] as const),
    ['certificates for every destination', upstream.caFile] as const,
    ['certificates for the upstream proxy', upstream.proxy?.caFile] as const,
  ];
  return [
    ...(ca.mode === 'files' ? [found('CA', () => openAuthority(config))] : []),
    ...trusted.flatMap(([what, file]) => (file === undefined ? [] : [found(what, () => readPem(file))])),
  ];
}

function found(what: string, open: () => unknown): Finding {
  try {
    open();
    return { what, ok: true };
  } catch (error) {
    if (!(error instanceof MissingError)) throw error;
    return { what, ok: false, why: error.message };
  }
}

function inWords(config: Config, findings: readonly Finding[]): string {
  const counts = `${config.policies.length} policies, ${config.secrets.size} secrets, ${config.clients.length} clients`;
  const lines = findings.map(
    ({ what, ok, why }) => `  ${ok ? 'there  ' : 'MISSING'} ${what}${why === undefined ? '' : `: ${why}`}`,
  );
  const guarded = guardedServices(config);
  const denied =
    guarded.length === 0
      ? []
      : [`Requests for new credentials are denied: ${guarded.join(', ')} (unsafe_minting would let them through).`];
  return [`The configuration is valid: ${counts}.`, ...denied, ...lines, ''].join('\n');
}
