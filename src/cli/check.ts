import { openAuthority } from '../app.js';
import { guardingRules } from '../catalogue/decision-rules.js';
import { anonymous } from '../config/check.js';
import type { Config } from '../config/load.js';
import { nearest } from '../config/nearest.js';
import { ConfigError } from '../config/problem.js';
import { MissingError, UsageError } from '../core/usage-error.js';
import { readCertificates } from '../net/certificates.js';
import { proxyCredentials } from '../net/proxy-credentials.js';
import { checkSecrets } from './check-secrets.js';
import { textOption, type Command, type Invocation } from './command.js';
import { configOption, requireConfig } from './configuration.js';
import { findingJson, findingLine, type Finding } from './finding.js';
import type { Terminal } from './terminal.js';

export const check: Command = {
  name: 'check',
  help: `
keywright check --config keywright.yaml

Every mistake in the file with line and column (exit 2); then each secret is fetched from where it lives, tried with
all that needs its fields, and thrown away, the password of the upstream proxy too, and the certificate files are read
(exit 1 where one is missing). Untried is a secret that differs by caller, but for the client that is named, and one
that could not be had a second time, such as a wrapped secret id, which is looked at and not used.

  -c, --config FILE   the configuration
      --client NAME   as this client: the policies that apply to it, and its own values of secrets that differ by caller
      --offline       the file only
      --json          the findings as JSON, mistakes in the file too, with line and column
`,
  options: { ...configOption, client: { type: 'string' }, offline: { type: 'boolean' }, json: { type: 'boolean' } },
  async run(invocation, terminal) {
    const config = readConfig(invocation, terminal);
    const client = clientOf(invocation, config);
    const findings =
      invocation.values['offline'] === true
        ? []
        : [
            ...(await checkSecrets(config, terminal.environment, { client })),
            ...checkProxyPassword(config),
            ...checkCertificates(config),
          ];
    const complete = findings.every(({ state }) => state !== 'missing');
    if (invocation.values['json'] === true)
      terminal.out(`${JSON.stringify({ ok: complete, findings: findings.map(findingJson) })}\n`);
    else terminal.out(inWords(config, findings));
    return complete ? 0 : 1;
  },
};

/** For JSON, the mistakes of the file are findings too; people read them on stderr. */
function readConfig(invocation: Invocation, terminal: Terminal): Config {
  try {
    return requireConfig(invocation, terminal);
  } catch (error) {
    if (error instanceof ConfigError && invocation.values['json'] === true) {
      const findings = error.problems.map((problem) => ({ file: error.file, ...problem, state: 'invalid' }));
      terminal.out(`${JSON.stringify({ ok: false, findings })}\n`);
    }
    throw error;
  }
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
    ...trusted.flatMap(([what, file]) => (file === undefined ? [] : [found(what, () => readCertificates(file))])),
  ];
}

function found(what: string, open: () => unknown): Finding {
  try {
    open();
    return { what, state: 'there' };
  } catch (error) {
    if (!(error instanceof MissingError)) throw error;
    return { what, state: 'missing', why: error.message };
  }
}

function inWords(config: Config, findings: readonly Finding[]): string {
  const { policies, secrets, clients } = config;
  const counts = [
    counted(policies.length, 'policy', 'policies'),
    counted(secrets.size, 'secret', 'secrets'),
    counted(clients.length, 'client', 'clients'),
  ].join(', ');
  return [
    `The configuration is valid: ${counts}.`,
    ...guardingLines(guardingRules(config)),
    ...findings.map(findingLine),
    '',
  ].join('\n');
}

/** A line for each service. */
function guardingLines(rules: readonly string[]): readonly string[] {
  if (rules.length === 0) return [];
  const services = [...new Set(rules.map((rule) => rule.replace(/\/.*$/, '')))];
  return [
    'Requests for new credentials are denied; unsafe_minting lets through what it names, a rule or all of a service:',
    ...services.map((service) => `  ${rules.filter((rule) => rule.startsWith(`${service}/`)).join(', ')}`),
  ];
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** Throws `UsageError` for one that the configuration does not have. */
function clientOf(invocation: Invocation, { clients, unsafeAnonymous }: Config): string | undefined {
  const client = textOption(invocation, 'client');
  const known = [...clients.map(({ name }) => name), ...(unsafeAnonymous ? [anonymous] : [])];
  if (client === undefined || known.includes(client)) return client;
  const near = nearest(client, known);
  throw new UsageError(
    `the configuration has no client of the name that --client gives${near === undefined ? '' : `; the nearest one is ${near}`}: see \`keywright client list\`.`,
  );
}
