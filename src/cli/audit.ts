import { errorCode } from '../core/error-code.js';
import { MissingError, UsageError } from '../core/usage-error.js';
import type { AuditAction } from './audit-action.js';
import { auditHeads } from './audit-heads.js';
import { auditQuery } from './audit-query.js';
import { auditTail } from './audit-tail.js';
import { auditVerify } from './audit-verify.js';
import type { Command } from './command.js';
import { configOption } from './configuration.js';

const actions: Readonly<Record<string, AuditAction>> = {
  tail: auditTail,
  query: auditQuery,
  verify: auditVerify,
  heads: auditHeads,
};

export const audit: Command = {
  name: 'audit',
  help: `
keywright audit tail -f
keywright audit query --client desk --since 2h
keywright audit heads > heads.txt        # keep it where whoever can change the log cannot
keywright audit verify --heads heads.txt

Reads the files of the configuration's \`file\` sinks, or the files and folders given after the action.
\`verify\` tells what was altered, removed, reordered, inserted or cut off, forged checkpoints, and each use without an
end: exit 0 where nothing of it is a sign of tampering, 1 where something is.

tail    -n, --lines N       the last N records (20)
        -f, --follow        and those that come, until it is interrupted
query       --client, --host, --secret, --policy, --code, --kind, --id
                            exact names; an end is found by what its use said
            --event, --backend
                            of records of the kind secret: fetched, rotated, failed, login_failed …, and the name or
                            kind of where it came from
            --since, --until
                            2026-01-31, 2026-01-31T12:00:00Z, or so long ago: 30m, 2h, 7d
            --masked        only answers in which a secret was masked
verify      --heads FILE    what \`heads\` printed before: nothing up to there may have changed
            --key KEY       a public key that may sign checkpoints, any number of times; lines that none covers are told
            --since DAY     files of days before were cleared away: their heads are not looked for
  -c, --config FILE         the configuration
      --json                the records as they stand in the log, one a line; findings and heads as one JSON object
`,
  options: {
    ...configOption,
    json: { type: 'boolean' },
    follow: { type: 'boolean', short: 'f' },
    lines: { type: 'string', short: 'n' },
    heads: { type: 'string' },
    key: { type: 'string', multiple: true },
    masked: { type: 'boolean' },
    ...Object.fromEntries(
      ['client', 'host', 'secret', 'policy', 'code', 'kind', 'event', 'backend', 'id', 'since', 'until'].map((name) => [
        name,
        { type: 'string' } as const,
      ]),
    ),
  },
  async run(invocation, terminal) {
    const [name = '', ...paths] = invocation.positionals;
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) throw new UsageError('say `keywright audit tail`, `query`, `verify` or `heads`.');
    const allowed = [...Object.keys(configOption), 'json', ...action.options];
    const foreign = Object.keys(invocation.values).find((option) => !allowed.includes(option));
    if (foreign !== undefined) throw new UsageError(`\`keywright audit ${name}\` has no option --${foreign}.`);
    try {
      return await action.run(paths, invocation, terminal);
    } catch (error) {
      const code = errorCode(error);
      if (error instanceof MissingError || error instanceof UsageError || code === undefined || !/^E[A-Z]+$/.test(code))
        throw error;
      throw new MissingError(`the audit log cannot be read (${code}).`, { cause: error });
    }
  },
};
