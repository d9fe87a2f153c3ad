import { createApp } from '../app.js';
import { checkServe } from '../config/check.js';
import { formatListenAddress } from '../proxy/listen.js';
import type { Report } from '../proxy/services.js';
import { describeReach } from '../process/reach.js';
import { createLog } from '../telemetry/log.js';
import type { Command } from './command.js';
import { configOption, requireConfig } from './configuration.js';
import { openPlaceholders } from './placeholder-key.js';
import { version } from './version.js';

export const serve: Command = {
  name: 'serve',
  help: `
keywright serve --config /etc/keywright/keywright.yaml

Listens where the configuration says and runs until it is asked to stop: SIGTERM or SIGINT lets what is under way
end, a second one ends at once. Logs JSON lines to stderr.

  -c, --config FILE   the configuration (else $KEYWRIGHT_CONFIG, else the user's configuration folder)
      --log LEVEL     trace, debug, info (default), warn, error, silent
`,
  options: { ...configOption, log: { type: 'string', default: 'info' } },
  async run(invocation, terminal) {
    const config = requireConfig(invocation, terminal);
    checkServe(config);
    const log = createLog({ level: String(invocation.values['log']) });
    const report = (refused: Report): void => log.warn(refusalLine(refused), 'refused');
    const placeholders = openPlaceholders(config, terminal);
    const memory = describeReach(terminal.reach);
    const app = createApp({
      config,
      environment: terminal.environment,
      placeholders,
      version: version(),
      report,
      memory,
    });
    const { proxy, admin } = await app.start();
    await new Promise<void>((resolve) => {
      let asked = 0;
      terminal.onSignal((signal) => {
        if (signal !== 'SIGTERM' && signal !== 'SIGINT') return;
        asked += 1;
        if (asked > 1) resolve();
        else void app.drain().then(resolve);
        log.info({ signal }, asked > 1 ? 'ending at once' : 'draining');
      });
      // Said last: whoever waits for it may ask to stop at once.
      log.info(
        {
          proxy: proxy.map(formatListenAddress),
          ...(admin === undefined ? {} : { admin: formatListenAddress(admin) }),
          memory,
        },
        'listening',
      );
    });
    return 0;
  },
};

/** What the log says of a refusal; JSON escapes what a caller put into names. */
function refusalLine(report: Report): Record<string, unknown> {
  const { id, refusal, reason, client, method, scheme, host, port, path } = report;
  return { id, code: refusal.code, client, method, scheme, host, port, path, reason, hint: refusal.hint };
}
