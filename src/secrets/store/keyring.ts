import { spawn } from 'node:child_process';
import { errorCode } from '../../core/error-code.js';
import { MissingError } from '../../core/usage-error.js';
import { ProcessGroup } from '../exec-group.js';
import type { StoreSurroundings } from './settings.js';

interface KeyringSurroundings extends Pick<StoreSurroundings, 'environment' | 'platform'> {
  /** How long its program may take, milliseconds: long enough for a person to unlock the keyring. */
  readonly patience?: number;
}

interface Asked {
  readonly program: string;
  readonly args: readonly string[];
  readonly input?: string;
}

interface Answered {
  readonly code: number | null;
  readonly output: string;
  /** Whether it complained: what it said is not ours to repeat. */
  readonly complained: boolean;
}

const usualPatience = 60_000;
const longest = 4096;
/** What these programs need to reach the desktop: others of our variables may be secrets. */
const handed = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'DISPLAY'];
const handedToo = ['WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CURRENT_DESKTOP'];

/** The identity that the desktop's keyring has by this name; undefined where it has none. Throws a `MissingError`. */
export async function lookUp(name: string, surroundings: KeyringSurroundings): Promise<string | undefined> {
  const isMac = surroundings.platform === 'darwin';
  const answered = await ask(
    isMac
      ? { program: 'security', args: ['find-generic-password', '-s', 'keywright', '-a', name, '-w'] }
      : { program: 'secret-tool', args: ['lookup', 'service', 'keywright', 'store', name] },
    surroundings,
  );
  if (answered.code === 0 && answered.output.trim() !== '') return answered.output.trim();
  // errSecItemNotFound ends `security` with 44; `secret-tool` ends with 1, and says nothing.
  const isMissing = isMac ? answered.code === 44 : answered.code === 1 && !answered.complained;
  if (isMissing) return undefined;
  throw new MissingError(
    `the keyring did not answer (${isMac ? 'security' : 'secret-tool'} ended with ${answered.code ?? 'a signal'}): is it unlocked, and is this a session of the desktop? A file or a passphrase can be the \`identity\` instead.`,
  );
}

/** Puts an identity into the keyring: on standard input, as arguments can be read by every program. Throws a `MissingError`. */
export async function keep(name: string, identity: string, surroundings: KeyringSurroundings): Promise<void> {
  const isMac = surroundings.platform === 'darwin';
  const { code } = await ask(
    isMac
      ? {
          program: 'security',
          args: ['-i'],
          input: `add-generic-password -s keywright -a ${name} -l "Keywright store" -w ${identity}\n`,
        }
      : {
          program: 'secret-tool',
          args: ['store', '--label=Keywright store', 'service', 'keywright', 'store', name],
          input: identity,
        },
    surroundings,
  );
  // `security -i` ends with 0 whatever came of its commands: what counts is whether it is there now.
  if (code === 0 && (await lookUp(name, surroundings)) === identity) return;
  throw new MissingError('the keyring did not take the identity of the store: is it unlocked?');
}

/** The program is a process group of its own: what it has started, a helper that asks for a password, ends with it. */
function ask(
  asked: Asked,
  { environment, platform, patience = usualPatience }: KeyringSurroundings,
): Promise<Answered> {
  const { program, args, input = '' } = asked;
  const env = Object.fromEntries([...handed, ...handedToo].map((variable) => [variable, environment[variable]]));
  return new Promise((resolve, reject) => {
    const detached = platform !== 'win32';
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'], detached, windowsHide: true });
    const group = new ProcessGroup(child);
    let output = '';
    let complained = false;
    const timer = setTimeout(() => {
      group.leave();
      // What has left the group may hold them open for ever.
      for (const stream of child.stdio) stream?.destroy();
      const within = `did not answer within ${patience / 1000} seconds`;
      reject(new MissingError(`the keyring cannot be asked: ${program} ${within}, and was ended: is it unlocked?`));
    }, patience);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > longest) group.kill();
    });
    child.stderr.on('data', () => (complained = true));
    // It may end without reading: its exit code says what came of it.
    child.stdin.on('error', () => undefined).end(input);
    child.on('error', (error) => {
      clearTimeout(timer);
      group.leave();
      const why = errorCode(error) === 'ENOENT' ? `there is no ${program} here` : `${program} does not start`;
      const install = program === 'secret-tool' ? ' (Debian and Ubuntu: libsecret-tools)' : '';
      reject(new MissingError(`the keyring cannot be asked: ${why}${install}.`, { cause: error }));
    });
    child.on('exit', () => group.leave());
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output: output.length > longest ? '' : output, complained });
    });
  });
}
