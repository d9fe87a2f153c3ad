import { openSync } from 'node:fs';
import { isatty, ReadStream } from 'node:tty';

const interrupt = 0x03;
const endOfText = 0x04;
const backspaces: readonly number[] = [0x08, 0x7f];
const killLine = 0x15;
const newlines: readonly number[] = [0x0a, 0x0d];
/** Bytes: what is pasted by mistake may be endless. */
const longest = 64 * 1024;

/**
 * A line that a person types, of which nothing is shown. The terminal is asked even where standard input is something else, as the shell's
 * `read -s` cannot. Undefined where there is none. Ctrl-C ends the program as it always does.
 */
export async function askHidden(question: string, show: (text: string) => void): Promise<string | undefined> {
  const input = terminalInput();
  if (input === undefined) return undefined;
  input.setRawMode(true);
  try {
    show(question);
    return await line(input);
  } finally {
    input.setRawMode(false);
    input.pause();
    if (input !== process.stdin) input.destroy();
    show('\n');
  }
}

function terminalInput(): ReadStream | undefined {
  if (isatty(0)) return process.stdin;
  try {
    return new ReadStream(openSync('/dev/tty', 'r+'));
  } catch {
    // No terminal belongs to this process: that is what `undefined` says.
    return undefined;
  }
}

function line(input: ReadStream): Promise<string> {
  let typed: number[] = [];
  return new Promise((resolve) => {
    const end = (): void => {
      input.off('data', take).off('end', end).off('error', end);
      resolve(Buffer.from(typed).toString('utf8'));
    };
    const take = (chunk: Buffer): void => {
      for (const byte of chunk) {
        if (byte === interrupt) {
          input.setRawMode(false);
          process.kill(process.pid, 'SIGINT');
          return;
        }
        if (newlines.includes(byte) || byte === endOfText || typed.length === longest) {
          end();
          return;
        }
        if (byte === killLine) typed = [];
        else if (backspaces.includes(byte)) typed = withoutLast(typed);
        else typed.push(byte);
      }
    };
    input.on('data', take).once('end', end).once('error', end).resume();
  });
}

/** Less one character, which in UTF-8 may be up to four bytes. */
function withoutLast(bytes: readonly number[]): number[] {
  const at = bytes.findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  return bytes.slice(0, Math.max(at, 0));
}
