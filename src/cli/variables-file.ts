import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { errorCode } from '../core/error-code.js';
import { UsageError } from '../core/usage-error.js';

/** The variables of a `.env` file, as Node itself reads them (`node --env-file`). */
export function readVariables(path: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      `the file ${JSON.stringify(path)} of --vars ${errorCode(error) === 'ENOENT' ? 'does not exist' : 'cannot be read'}.`,
    );
  }
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(parseEnv(text))) if (value !== undefined) variables[name] = value;
  return variables;
}
