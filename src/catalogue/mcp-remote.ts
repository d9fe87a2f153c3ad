import { optionValues, type ArgumentSecret } from './argument-rule.js';
import { anyShape, header, service } from './service.js';

export const mcpRemote = service({
  name: 'mcp-remote',
  hosts: [],
  places: [],
  variables: [],
  packages: ['mcp-remote'],
  arguments: [headerArguments],
  note: 'Any remote MCP server: host and header field are read from its own arguments.',
  minting: {
    none: 'an MCP server takes a tool name in the body of a request to one path, and which tools it has is its own',
  },
});

/** Fields of which the value is nobody's secret. */
const harmless = /^(accept|content-type|user-agent|mcp-protocol-version)$/i;

/** `--header 'Authorization: Bearer …'`; the value may be `${VAR}`, which mcp-remote itself fills in. */
function headerArguments(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly ArgumentSecret[] {
  const host = args.map(hostOf).find((found) => found !== undefined);
  return optionValues(args, ['--header']).flatMap(({ index, value }) => {
    const [, name, rest = ''] = /^([\w-]+):\s*(.*)$/.exec(value) ?? [];
    if (name === undefined || harmless.test(name)) return [];
    const common = {
      index,
      shapes: anyShape,
      places: [header(name.toLowerCase())],
      hosts: host === undefined ? [] : [host],
    };
    const variables = [...rest.matchAll(/\$\{(\w+)\}/g)].map(([, variable = '']) => variable);
    if (variables.length === 0) return [{ ...common, value: withoutScheme(rest) }];
    return variables.map((variable) => ({ ...common, variable, value: withoutScheme(environment[variable] ?? '') }));
  });
}

/** A scheme stays where it is, so that only the credential becomes a placeholder. */
function withoutScheme(value: string): string {
  return value.replace(/^(?:bearer|basic|token|apikey|bot) +/i, '').trim();
}

function hostOf(argument: string): string | undefined {
  return argument.startsWith('https://') && URL.canParse(argument) ? new URL(argument).host : undefined;
}
