import { constants } from 'node:os';
import type { Logger } from 'pino';
import { createApp } from '../app.js';
import { checkServe } from '../config/check.js';
import { loadConfig, type Config } from '../config/load.js';
import { MissingError, UsageError } from '../core/usage-error.js';
import { describeReach } from '../process/reach.js';
import { formatListenAddress } from '../proxy/listen.js';
import type { Alarm, Report } from '../proxy/services.js';
import { recordOf } from '../secret-sources.js';
import type { SecretEvent } from '../secrets/index.js';
import { alarmTexts } from './report-line.js';
import { secretEventText } from './secret-event-line.js';
import type { Settings } from '../generation.js';
import type { App, Listening } from '../running-app.js';
import { createLog } from '../telemetry/log.js';
import type { Command } from './command.js';
import { configOption, requireConfig } from './configuration.js';
import { openPlaceholders } from './placeholder-key.js';
import type { Terminal } from './terminal.js';
import { version } from './version.js';

export const serve: Command = {
  name: 'serve',
  help: `
keywright serve --config /etc/keywright/keywright.yaml

Listens where the configuration says and runs until it is asked to stop: SIGTERM or SIGINT lets what is under way
end (at most limits.drain_timeout; exit code 0), a second one ends at once (exit code 128 + its number). SIGHUP reads
the configuration again: what can be used as a whole is used from then on, and otherwise the one before goes on. Logs JSON
lines to stderr.

  -c, --config FILE   the configuration (else $KEYWRIGHT_CONFIG, else the user's configuration folder)
      --log LEVEL     trace, debug, info (default), warn, error, silent
`,
  options: { ...configOption, log: { type: 'string', default: 'info' } },
  async run(invocation, terminal) {
    const config = requireConfig(invocation, terminal);
    const log = createLog({ level: String(invocation.values['log']) });
    const report = (refused: Report): void => log.warn(refusalLine(refused), 'refused');
    const { environment } = terminal;
    const alarm = (raised: Alarm): void => log.error(raised, `ALARM: ${alarmTexts[raised.kind]}`);
    const memory = describeReach(terminal.reach);
    const onSecretEvent = (event: SecretEvent): void => {
      const text = secretEventText(event);
      if (text !== undefined) log.warn(recordOf(event), text);
    };
    const tell = { report, alarm, onSecretEvent };
    const app = createApp({ ...settingsOf(config, terminal), environment, version: version(), ...tell, memory });
    // From the start on: a signal without a listener would end the process where it stands.
    const signals = new Signals(terminal);
    try {
      log.info({ ...whereabouts(await app.start()), memory }, 'listening');
      return await live(app, signals, log, () => settingsOf(loadConfig(config.file), terminal));
    } finally {
      signals.close();
    }
  },
};

/** What a configuration needs besides itself. Throws `UsageError` or `MissingError`. */
function settingsOf(config: Config, terminal: Terminal): Settings {
  checkServe(config);
  return { config, placeholders: openPlaceholders(config, terminal) };
}

/** The signals of the process, kept until somebody takes them. */
class Signals {
  readonly close: () => void;
  readonly #early: NodeJS.Signals[] = [];
  #take = (signal: NodeJS.Signals): void => void this.#early.push(signal);

  constructor(terminal: Terminal) {
    this.close = terminal.onSignal((signal) => this.#take(signal));
  }

  take(listener: (signal: NodeJS.Signals) => void): void {
    this.#take = listener;
    for (const signal of this.#early.splice(0)) listener(signal);
  }
}

/** Until it is asked to stop; resolves to the exit code. */
async function live(app: App, signals: Signals, log: Logger, read: () => Settings): Promise<number> {
  return new Promise<number>((resolve) => {
    let draining = false;
    signals.take((signal) => {
      if (signal === 'SIGHUP' && !draining) void reload(app, log, read);
      if (signal !== 'SIGTERM' && signal !== 'SIGINT') return;
      log.info({ signal }, draining ? 'ending at once' : 'draining');
      if (draining) void app.end().then(() => resolve(128 + constants.signals[signal]));
      else void app.drain().then(() => resolve(0));
      draining = true;
    });
  });
}

async function reload(app: App, log: Logger, read: () => Settings): Promise<void> {
  const outcome = await app.reload(read);
  if (outcome.taken) {
    const { policyRevision, changes, listening } = outcome;
    log.info({ policy_rev: policyRevision, changes, ...whereabouts(listening) }, 'reloaded');
    return;
  }
  const { error } = outcome;
  const ours = error instanceof UsageError || error instanceof MissingError;
  const why = ours ? { problems: error.message.split('\n') } : { error };
  log.error(why, 'not reloaded: the configuration before goes on');
}

function whereabouts({ proxy, admin }: Listening): Record<string, unknown> {
  const listeners = proxy.map(formatListenAddress);
  return { proxy: listeners, ...(admin === undefined ? {} : { admin: formatListenAddress(admin) }) };
}

/** What the log says of a refusal; JSON escapes what a caller put into names. */
function refusalLine(report: Report): Record<string, unknown> {
  const { id, refusal, reason, client, method, scheme, host, port, path } = report;
  return { id, code: refusal.code, client, method, scheme, host, port, path, reason, hint: refusal.hint };
}
