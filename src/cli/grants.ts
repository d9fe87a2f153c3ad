import type { Config } from '../config/load.js';
import { backendOf } from '../config/check-sources.js';
import { UsageError } from '../core/usage-error.js';
import type { AnyBackendKind, SourceUse } from '../secrets/backend.js';
import type { Command } from './command.js';
import { configOption, requireConfig } from './configuration.js';

export const grants: Command = {
  name: 'grants',
  help: `
keywright grants --for vault --config keywright.yaml > policy.hcl

The least that has to be granted to Keywright where its secrets live: a Vault policy (HCL), an IAM policy (JSON), or
Infisical permissions (JSON). It is made from the configuration alone: nobody is asked.

  -c, --config FILE   the configuration
      --for NAME      a backend of the configuration, by its name or its type (vault, aws, infisical)
`,
  options: { ...configOption, for: { type: 'string' } },
  run(invocation, terminal) {
    const config = requireConfig(invocation, terminal);
    const wanted = invocation.values['for'];
    if (typeof wanted !== 'string') {
      throw new UsageError(`\`grants\` needs --for NAME, a backend or its type; ${config.file}: ${known(config)}.`);
    }
    const chosen = [...config.backends].filter(([name, { kind }]) => name === wanted || kind.kind === wanted);
    if (chosen.length === 0) throw new UsageError(unknown(wanted, config));
    if (chosen.length > 1) {
      const names = chosen.map(([name]) => name).join(', ');
      throw new UsageError(`there are several backends of type ${wanted}: --for one of ${names}.`);
    }
    for (const [name, { kind, options }] of chosen) {
      const { grants: grantsOf } = kind as AnyBackendKind;
      if (grantsOf === undefined) {
        throw new UsageError(`there is nothing to grant at a backend of type ${kind.kind}: it knows no finer rights.`);
      }
      terminal.out(grantsOf(options as never, usesOf(config, name)));
    }
    return Promise.resolve(0);
  },
};

/** The secrets that are read from this backend. */
function usesOf(config: Config, backend: string): SourceUse[] {
  return Array.from(config.secrets, ([name, { kind, options }]) => ({ name, kind, options }))
    .filter(({ kind, options }) => backendOf(config, kind, options) === backend)
    .map(({ name, kind, options }) => ({ name, kind: kind.kind, options }));
}

function unknown(wanted: string, { backends, file }: Config): string {
  return `${file} has no backend ${JSON.stringify(wanted)}: ${known({ backends })}.`;
}

function known({ backends }: Pick<Config, 'backends'>): string {
  const names = Array.from(backends, ([name, { kind }]) => `${name} (${kind.kind})`);
  return names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
}
