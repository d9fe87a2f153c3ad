import { z } from 'zod';
import { defineKind } from '../core/kind.js';
import { Reason } from '../core/reason.js';
import { allowed, nameOption, textOption, unseenTextOption } from './allowed.js';
import { durationOption } from './duration-option.js';
import { commandFile } from './exec-command.js';
import { fieldsOfOutput } from './exec-output.js';
import { runCommand } from './exec-process.js';
import type { Source } from './index.js';
import { onlyWith, staleAfterRefresh } from './option-rules.js';
import type { SourceContext } from './source-context.js';
import { unavailable } from './unavailable.js';

/** What most programs need to run at all, and none of which is a secret. */
const always = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR'];
const variable = textOption(/^[^=\0$\s]+$/, 'the name of an environment variable, without $');

/** A command whose output is the secret. */
export const execSource = defineKind({
  kind: 'exec',
  summary: 'The output of a command: a password manager, a credential helper of a cloud. Run without a shell.',
  options: {
    command: z
      .tuple(
        [
          nameOption(
            /^(?:\/[^\0]*|[^/\0\s]+)$/,
            'an absolute path or a name in PATH, with each argument as an entry of its own: [pass, show, github]',
          ),
        ],
        unseenTextOption(/^[^\0]*$/, 'a text (quote a number)'),
        allowed('a list of the command and its arguments, as in [pass, show, github]: there is no shell'),
      )
      .describe(
        'The command, an absolute path or a name in `PATH`, and its arguments. It runs in the folder of the configuration, without input. It is refused where another user could replace it: where others, a group, or users of an ACL can write to it, to a folder or link on its way, or to the program that its `#!` line names (`chmod g-w,o-w`). Not looked at are scripts and files among its arguments, and libraries.',
      ),
    format: z
      .enum(['text', 'json'])
      .default('text')
      .describe(
        '`text`: all of its output, less one newline at its end. `json`: an object; those of an object in it are named by both, as in `status_token`.',
      ),
    environment: z
      .array(variable)
      .default([])
      .describe(
        `The variables of Keywright's environment that it is given, besides ${always.map((one) => `\`${one}\``).join(' ')}.`,
      ),
    expires_field: textOption(/^[\w-]{1,64}$/, 'the name of a field: letters, digits, "-" and "_"')
      .optional()
      .describe(
        'With `json`: the field that says when it expires, as a date (RFC 3339) or in seconds since 1970. It runs again at two thirds of that time; `refresh` and `max_stale` do not matter then.',
      ),
    refresh: durationOption.prefault('5m').describe('How long until it is run again.'),
    max_stale: durationOption
      .prefault('1h')
      .describe('How long its output is used where it fails; no shorter than `refresh`.'),
  },
  rules: [onlyWith('expires_field', 'format', ['json']), staleAfterRefresh],
  make: (options, { name, environment, folder, clock }: SourceContext): Source => ({
    async fetch({ signal }) {
      const [command, ...args] = options.command;
      const file = await commandFile(name, command, environment['PATH']);
      const given = [...always, ...options.environment].flatMap((one): [string, string][] => {
        const value = environment[one];
        return value === undefined ? [] : [[one, value]];
      });
      const output = await runCommand({ file, args, folder, environment: Object.fromEntries(given) }, signal).catch(
        (error: unknown) => {
          throw error instanceof Reason ? unavailable(name, `the command ${command} failed: ${error.message}`) : error;
        },
      );
      const { fields, version, expiresAt } = fieldsOfOutput(output, options, { name, command });
      const now = clock.now();
      if (expiresAt !== undefined) return { fields, version, expiresAt };
      const { refresh, max_stale } = options;
      return { fields, version, refreshAt: now + refresh, expiresAt: now + Math.max(refresh, max_stale) };
    },
  }),
});
