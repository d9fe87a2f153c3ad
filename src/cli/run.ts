import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describeLeftovers } from '../adopt/leftovers.js';
import { planDisarm, type Disarmament } from '../adopt/disarm.js';
import { childEnvironment } from '../adopt/environment.js';
import { guarantee } from '../adopt/guarantee.js';
import type { Registries } from '../adopt/registry-setting.js';
import { registries as findRegistries } from '../adopt/registries.js';
import { placePreload } from '../adopt/place-preload.js';
import { makePrivateFolder, removePrivateFolder, writeCopies } from '../adopt/private-folder.js';
import { writeTrust } from '../adopt/trust.js';
import { createApp } from '../app.js';
import type { Listening } from '../running-app.js';
import type { Config } from '../config/load.js';
import { checkInjections } from '../config/check-inject.js';
import { MissingError, UsageError } from '../core/usage-error.js';
import { newToken } from '../identity/new-token.js';
import { formatHostPattern } from '../policy/host-pattern.js';
import { randomPlaceholders } from '../inject/placeholder.js';
import { checkSecrets } from './check-secrets.js';
import { runChild } from './child.js';
import type { Finding } from './finding.js';
import { listOption, textOption, type Command, type Invocation } from './command.js';
import { configFolder, configOption, findConfig, stateFolder } from './configuration.js';
import { readVariables } from './variables-file.js';
import { alarmTeller, refusalTeller, type WayOut } from './report-line.js';
import { secretEventTeller } from './secret-event-line.js';
import { runConfig, takenVariable } from './run-config.js';
import type { Terminal } from './terminal.js';
import { version } from './version.js';

export const run: Command = {
  name: 'run',
  help: `
keywright run -- npx -y @modelcontextprotocol/server-github

Takes the secrets out of the program's environment and arguments, puts placeholders of the same shape there, starts a private
proxy that puts the secrets back on the requests they are for, and runs the program with its stdin, stdout and stderr untouched.
No configuration is needed for the services that \`keywright\` knows.

      --client NAME     run as this client of the configuration (else 'run')
      --vars FILE       variables for the program, in a .env file
      --pass VAR        hand this variable (or argument:N) over as it is, secret or not; any number of times
      --read-only       only requests that read go out with what was taken: those of the lists in docs/services.md
  -c, --config FILE     a configuration with more secrets, policies, destinations (its own policies stay as they are);
                        else $KEYWRIGHT_CONFIG or ~/.config/keywright/keywright.yaml, never one of the current folder

Exit code: the program's own, or 128 + the signal that ended it. 1: refused, or something is missing. 2: usage.
`,
  options: {
    ...configOption,
    client: { type: 'string' },
    vars: { type: 'string' },
    'env-file': { type: 'string' },
    pass: { type: 'string', multiple: true },
    'read-only': { type: 'boolean' },
  },
  async run(invocation, terminal) {
    const child = childOf(invocation, terminal);
    const user = findConfig(invocation, terminal);
    const client = clientOf(invocation, user);
    const pass = [...listOption(invocation, 'pass'), ...(user?.run.pass ?? [])];
    const plan = planFor(child, user, pass);
    const readOnly = invocation.values['read-only'] === true;
    const wayOut = { file: user?.file ?? join(configFolder(terminal), 'keywright.yaml'), readOnly };
    const folder = makePrivateFolder(tmpdir());
    try {
      const registries = await findRegistries({ ...child, home: terminal.home, platform: terminal.platform, folder });
      const { token, sha256 } = newToken();
      const config = runConfig(user, {
        client,
        tokenSha256: sha256,
        bindings: plan.bindings,
        exchanges: plan.exchanges,
        folder,
        registries: [...new Set([...registries.hosts, ...(user?.run.registries ?? []).map(formatHostPattern)])],
        auditFolder: join(stateFolder(terminal), 'audit'),
        readOnly,
      });
      const environment = { ...child.environment, ...takenValues(plan) };
      await checkNeeded(config, client, environment, terminal);
      return await runBehindProxy(
        { child, client, token, config, environment, plan, registries, pass, folder, wayOut },
        terminal,
      );
    } finally {
      await removeQuietly(folder, terminal);
    }
  },
};

interface Child {
  readonly command: string;
  readonly args: readonly string[];
  /** What it would have got without us. */
  readonly environment: Readonly<Record<string, string>>;
}

interface Session {
  readonly child: Child;
  readonly client: string;
  readonly token: string;
  readonly config: Config;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly plan: Disarmament;
  readonly registries: Registries;
  readonly pass: readonly string[];
  /** Private to this run. */
  readonly folder: string;
  readonly wayOut: WayOut;
}

function childOf(invocation: Invocation, { environment }: Terminal): Child {
  const [command, ...args] = invocation.rest ?? [];
  if (command === undefined || invocation.positionals.length > 0) {
    throw new UsageError('say which program after two hyphens: `keywright run -- npx some-mcp-server`.');
  }
  if (textOption(invocation, 'env-file') !== undefined) {
    throw new UsageError('use --vars FILE: Node 20 reads --env-file itself, into the process that holds the secrets.');
  }
  const file = textOption(invocation, 'vars');
  const given = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    command,
    args,
    environment: { ...Object.fromEntries(given), ...(file === undefined ? {} : readVariables(file)) },
  };
}

function clientOf(invocation: Invocation, user: Config | undefined): string {
  const client = textOption(invocation, 'client');
  if (client === undefined) return 'run';
  if (user?.clients.some(({ name }) => name === client) !== true) {
    throw new UsageError('the configuration has no client of the name that --client gives.');
  }
  return client;
}

function planFor(child: Child, user: Config | undefined, pass: readonly string[]): Disarmament {
  const plan = planDisarm({
    ...child,
    env: user?.run.env ?? {},
    options: user?.run.args ?? {},
    pass,
    taken: [...(user?.secrets.keys() ?? [])],
  });
  if (plan.leftovers.length === 0) return plan;
  throw new MissingError(
    `the program was not started, as it would hold what looks like a secret:\n${describeLeftovers(plan.leftovers)}`,
  );
}

function takenValues(plan: Disarmament): Record<string, string> {
  return Object.fromEntries(Array.from(plan.secretValues(), ([name, value]) => [takenVariable(name), value]));
}

/** A secret that is not there is said before the program starts, not at its first request. What was not tried may be there: that is told. */
async function checkNeeded(
  config: Config,
  client: string,
  environment: Session['environment'],
  terminal: Terminal,
): Promise<void> {
  const applies = config.policies.map(({ clients }) => clients?.includes(client) !== false);
  const names = new Set(
    checkInjections(config).secrets.flatMap((secrets, index) => (applies[index] === true ? [...secrets] : [])),
  );
  const findings = await checkSecrets(config, environment, { names, client });
  const inWords = (state: Finding['state']): string[] =>
    findings.flatMap((one) => (one.state === state ? [`${one.what}: ${one.why ?? 'nothing more is known'}`] : []));
  const missing = inWords('missing');
  if (missing.length > 0) throw new MissingError(`the program was not started: ${missing.join('; ')}.`);
  for (const one of inWords('untried')) terminal.error(`keywright: not tried: ${one}.\n`);
}

async function runBehindProxy(session: Session, terminal: Terminal): Promise<number> {
  const { child, client, config, plan, registries, pass } = session;
  const shapes = new Map(Array.from(config.secrets, ([name, { placeholder }]) => [name, placeholder] as const));
  const placeholders = randomPlaceholders([client], shapes);
  const java = config.run.java || needsJava(child.command);
  const app = createApp({
    config,
    environment: session.environment,
    placeholders,
    version: version(),
    report: refusalTeller((text) => terminal.error(text), session.wayOut),
    alarm: alarmTeller((text) => terminal.error(text)),
    onSecretEvent: secretEventTeller((text) => terminal.error(text)),
    run: randomUUID(),
    ...(java ? { listenerFor: client } : {}),
  });
  try {
    const listening = await app.start();
    const placeholder = (name: string): string => placeholders.of(client, name) ?? '';
    const { environment, args } = plan.disarm(placeholder);
    const files = writeCopies(session.folder, plan.copies(placeholder));
    terminal.error(guarantee({ ...plan, registries: registries.hosts, passed: pass, reach: terminal.reach }));
    for (const note of [...registries.notes, ...plan.notes]) terminal.error(`keywright: ${note}\n`);
    const adopted = adoptedEnvironment(session, terminal, listening, app.trustPem, { ...environment, ...files });
    return await runChild(
      { command: child.command, args, environment: adopted, interactive: terminal.interactive },
      terminal,
    );
  } finally {
    await app.drain();
  }
}

/** The child's environment, and the files in the private folder that it names. */
function adoptedEnvironment(
  { client, token, folder, registries }: Session,
  { home }: Terminal,
  { proxy, clientPort }: Listening,
  caPem: string,
  base: Readonly<Record<string, string>>,
): Record<string, string> {
  const [address] = proxy;
  if (address?.transport !== 'tcp') throw new TypeError('run listens on TCP');
  const { certificateFiles } = registries;
  const trust = writeTrust({
    folder,
    caPem,
    base,
    home,
    certificateFiles,
    java: clientPort !== undefined,
    now: Date.now(),
  });
  return childEnvironment({
    base,
    proxyUrl: `http://${client}:${token}@127.0.0.1:${address.port}`,
    files: { ...trust, preload: placePreload(folder) },
    ...(clientPort === undefined ? {} : { javaPort: clientPort }),
  });
}

/** The child's exit code is worth more than a folder without secrets that a cleaner was quicker to remove. */
async function removeQuietly(folder: string, terminal: Terminal): Promise<void> {
  try {
    await removePrivateFolder(folder);
  } catch {
    terminal.error(`keywright: the folder ${folder} could not be removed; it holds no secret.\n`);
  }
}

/** A Java program cannot send a proxy password; these start one. */
function needsJava(command: string): boolean {
  return /^(java|mvn|gradle|gradlew|jbang|kotlin|scala|clojure|clj)$/.test(basename(command));
}
