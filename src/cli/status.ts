import { text } from 'node:stream/consumers';
import { MissingError } from '../core/usage-error.js';
import { request } from '../net/http.js';
import type { Command } from './command.js';
import { configOption, requireConfig } from './configuration.js';

export const status: Command = {
  name: 'status',
  help: `
keywright status --config /etc/keywright/keywright.yaml

Asks the admin socket of the proxy that the configuration names (\`listen.admin\`). A container's health check can be this.

  -c, --config FILE   the configuration of the running proxy
      --json          the answer as JSON
`,
  options: { ...configOption, json: { type: 'boolean' } },
  async run(invocation, terminal) {
    const { admin } = requireConfig(invocation, terminal).listen;
    if (admin?.transport !== 'unix')
      throw new MissingError('the configuration has no `listen.admin`, so nobody can be asked.');
    const { code, body } = await ask(admin.path);
    const ready = code === 200;
    if (invocation.values['json'] === true) terminal.out(body);
    else terminal.out(`${ready ? 'ready' : 'not ready'}\n${memoryLine(body)}`);
    return ready ? 0 : 1;
  },
};

/** What holds for the secrets in its memory; a proxy of an earlier version does not say. */
function memoryLine(body: string): string {
  const { memory } = JSON.parse(body) as { readonly memory?: unknown };
  return typeof memory === 'string' ? `${memory}\n` : '';
}

async function ask(socketPath: string): Promise<{ code: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(new MissingError(`no proxy answers at unix:${socketPath}.`, { cause }));
    const asked = request({ socketPath, path: '/readyz', signal: AbortSignal.timeout(2000) });
    asked.on('error', fail).on('response', (response) => {
      text(response).then((body) => resolve({ code: response.statusCode, body }), fail);
    });
    asked.end();
  });
}
