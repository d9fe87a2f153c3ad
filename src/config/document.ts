import { z } from 'zod';
import { configSchema } from './schema.js';

/** As much of a JSON Schema as `z.toJSONSchema` writes for our grammar. */
interface Schema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | false;
  readonly propertyNames?: Schema;
  readonly oneOf?: readonly Schema[];
}

/** The grammar for editors: completion and mistakes as one types. Committed as `config/schema.json`. */
export function jsonSchema(): string {
  const schema = { title: 'Keywright configuration', ...grammar() };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** The manual of every key. Committed as `docs/configuration.md`. */
export function markdown(): string {
  const { properties = {}, required = [] } = grammar();
  const entries = Object.entries(properties);
  const plain = entries.filter(([, schema]) => !isNested(schema));
  return [
    introduction,
    '## At the top\n',
    table(plain, required),
    ...entries.filter(([, schema]) => isNested(schema)).map(([key, schema]) => chapter(key, schema)),
  ].join('\n');
}

const introduction = `# Configuration

<!-- Generated from the schema by \`npm run docs\`: change src/config, not this file. -->

One YAML file: \`--config FILE\`, else \`$KEYWRIGHT_CONFIG\` (an absolute path), else \`keywright/keywright.yaml\` in
\`$XDG_CONFIG_HOME\` (\`~/.config\`). Never one from the current directory that nobody asked for: a cloned repository must not
bring policies. A file that every user can write is refused.

It is strict: an unknown key is a mistake, a list is always a list, and anchors, aliases, tags, merge keys, directives and
keys given twice are refused. \`keywright check\` shows every mistake with file, line and column. Parts of the grammar that
are not available yet are refused by name, never ignored. The file names secrets and never contains them.

Durations are \`250ms\`, \`30s\`, \`5m\`, \`1h\`; sizes \`512B\`, \`64KiB\`, \`10MiB\`. Relative paths start from the folder of the
file. A host without a port is port 443. \`config/schema.json\` has the same for editors: put
\`# yaml-language-server: $schema=…/schema.json\` on the first line. Examples to start from are in \`config/\`.
`;

function grammar(): Schema {
  return z.toJSONSchema(configSchema('/'), { io: 'input' }) as Schema;
}

function chapter(key: string, schema: Schema): string {
  const { description = '' } = schema;
  const standard = schema.default === undefined || schema.type === 'object' ? '' : defaultSentence(schema.default);
  return [`## \`${key}\`\n`, `${description}${standard}\n`, ...tablesOf(key, schema)].join('\n');
}

function defaultSentence(value: unknown): string {
  return ` Left out: \`${JSON.stringify(value)}\`.`;
}

/** A table for each set of keys in a section, the outermost first. */
function tablesOf(path: string, schema: Schema): string[] {
  if (schema.oneOf !== undefined) return schema.oneOf.flatMap((option) => optionTables(path, option));
  if (schema.items !== undefined) return tablesOf(`${path}[]`, schema.items);
  if (schema.properties === undefined) {
    const byName = valuesOf(schema);
    return byName === undefined ? [] : tablesOf(`${path}.NAME`, byName);
  }
  const entries = Object.entries(schema.properties);
  const heading = path.includes('.') || path.includes('[') ? [`### \`${path}\`\n`] : [];
  return [
    ...heading,
    table(entries, schema.required ?? []),
    ...entries.filter(([, inner]) => isNested(inner)).flatMap(([key, inner]) => tablesOf(`${path}.${key}`, inner)),
  ];
}

/** One member of a family, known by the key whose value is fixed. */
function optionTables(path: string, option: Schema): string[] {
  const entries = Object.entries(option.properties ?? {});
  const [key = '', chosen = {}] = entries.find(([, { const: value }]) => value !== undefined) ?? [];
  const rest = entries.filter(([name]) => name !== key);
  const heading = `### \`${path}\` with \`${key}: ${String(chosen.const)}\`\n\n${chosen.description ?? ''}\n`;
  if (rest.length === 0) return [heading];
  const inner = rest
    .filter(([, schema]) => isNested(schema))
    .flatMap(([name, schema]) => tablesOf(`${path}.${name}`, schema));
  return [heading, table(rest, option.required ?? []), ...inner];
}

function table(entries: readonly (readonly [string, Schema])[], required: readonly string[]): string {
  const rows = entries.map(([key, schema]) => {
    const { description = '' } = schema;
    return `| \`${key}\` | ${typeOf(schema)} | ${defaultOf(schema, required.includes(key))} | ${cell(description)} |`;
  });
  return ['| key | value | left out | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(' or ');
  if (schema.items !== undefined) return `list of ${typeOf(schema.items)}`;
  if (schema.title !== undefined) return schema.title;
  if (schema.type === 'boolean') return '`true` or `false`';
  if (schema.type === 'string') return 'text';
  if (schema.type === 'number' || schema.type === 'integer') return 'number';
  const byName = valuesOf(schema);
  return byName === undefined ? 'keys, see below' : `${typeOf(byName)} by ${schema.propertyNames?.title ?? 'name'}`;
}

/** What stands under each name, where the names are free. */
function valuesOf({ additionalProperties }: Schema): Schema | undefined {
  return additionalProperties === false ? undefined : additionalProperties;
}

function defaultOf({ default: value }: Schema, required: boolean): string {
  if (required) return '**required**';
  return value === undefined ? '' : code(value);
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** It has keys of its own somewhere inside. */
function isNested(schema: Schema): boolean {
  if (schema.properties !== undefined || schema.oneOf !== undefined) return true;
  const inner = schema.items ?? valuesOf(schema);
  return inner !== undefined && isNested(inner);
}
