import { MissingError, UsageError } from '../core/usage-error.js';
import { parseInvocation } from './command.js';
import { commands } from './commands.js';
import type { Terminal } from './terminal.js';
import { version } from './version.js';

/** Exit codes: 0 fine; 1 refused or missing; 2 usage or configuration; 70 a bug (sysexits EX_SOFTWARE). */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await runCommand(args, terminal);
  } catch (error) {
    if (error instanceof UsageError || error instanceof MissingError) {
      terminal.error(`keywright: ${error.message}\n`);
      return error instanceof UsageError ? 2 : 1;
    }
    terminal.error(`keywright: a bug: ${error instanceof Error ? stackOf(error) : 'something was thrown'}\n`);
    return 70;
  }
}

async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    if (name === undefined) terminal.error(overview());
    else terminal.out(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === 'version') {
    terminal.out(`${version()}\n`);
    return 0;
  }
  const entry = commands.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new UsageError(unknownCommand(name));
  const command = await entry.load();
  const invocation = parseInvocation(command, rest);
  if (invocation.values['help'] === true) {
    terminal.out(`${command.help.trim()}\n`);
    return 0;
  }
  return command.run(invocation, terminal);
}

function overview(): string {
  const lines = commands.map((command) => `  ${command.name.padEnd(12)} ${command.summary}`);
  return `keywright ${version()}: gives outbound requests the credentials they need

  keywright run -- npx -y @modelcontextprotocol/server-github

${lines.join('\n')}

\`keywright COMMAND --help\` shows each one.
`;
}

function unknownCommand(name: string): string {
  const names = commands.map((command) => command.name).join(', ');
  return `there is no command '${name.replace(/[^\x20-\x7e]/g, '?').slice(0, 40)}'. The commands are: ${names}.`;
}

/** Where it happened, without the message: a message of somebody else's error could hold a value. */
function stackOf(error: Error): string {
  const frames = (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  return [error.name, ...frames.slice(0, 8)].join('\n');
}
