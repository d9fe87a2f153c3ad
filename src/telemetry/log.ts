import { createRequire } from 'node:module';
import type * as Pino from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { UsageError } from '../core/usage-error.js';

const require = createRequire(import.meta.url);
const { destination: pinoDestination, pino } = require('pino') as typeof Pino;

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

/**
 * The program's own log: one line of JSON each, on stderr (stdout belongs to the child of `run`). Written before the call returns, so the
 * last line before an end is there. Of an error it tells class, code and where: a message may repeat what somebody sent.
 */
export function createLog(options: { readonly level: string; readonly destination?: DestinationStream }): Logger {
  const { level } = options;
  if (!levels.includes(level)) throw new UsageError(`the log level is one of ${levels.join(', ')}.`);
  const { destination = pinoDestination({ dest: 2, sync: true }) } = options;
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorShape, error: errorShape, cause: errorShape },
    },
    destination,
  );
}

function errorShape(error: unknown): unknown {
  if (!(error instanceof Error)) return { name: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    name: error.name,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    at: frames.slice(0, 8).map((frame) => frame.trim()),
  };
}
