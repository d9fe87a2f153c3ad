import type { SourceUse } from '../backend.js';
import type { BackendOptions } from './backend.js';
import { firstSegment, withData } from './path.js';
import { kv2PathOf } from './reading.js';
import type { SourceOptions } from './source-options.js';

interface Rule {
  readonly path: string;
  readonly capability: 'read' | 'update';
  readonly reasons: readonly string[];
  /** The path that has to be granted instead if the mount is of KV version 2, which nobody has said. */
  readonly ifVersion2?: string;
}

/**
 * The policy, in Vault's HCL, that the token of this backend needs for these secrets and no more. It is written in the namespace of the
 * backend; logging in, unwrapping and asking which engine is where need no rule.
 */
export function policyFor({ namespace, auth }: BackendOptions, uses: readonly SourceUse[]): string {
  const sources = uses.map(({ name, options }) => ({ name, ...(options as SourceOptions) }));
  const engines = sources.filter((source) => hasLease(source));
  const named = (of: readonly { readonly name: string }[]): string => of.map(({ name }) => name).join(', ');
  const renewed = engines.filter(({ path }) => !path.split('/').includes('sts'));
  const rules: Rule[] = [
    ...sources.map(ruleOf),
    ...(renewed.length > 0 ? [own('sys/leases/renew', `the leases of ${named(renewed)} are renewed`)] : []),
    ...(engines.length > 0 ? [own('sys/leases/revoke', `the leases of ${named(engines)} are given back`)] : []),
    {
      path: 'auth/token/lookup-self',
      capability: 'read',
      reasons: ['whether a refusal is about the token or about a path'],
    },
    own('auth/token/renew-self', 'the token is renewed while it is used'),
    ...(auth.method === 'token' ? [] : [own('auth/token/revoke-self', 'the token is given back at the end')]),
  ];
  const where = namespace === undefined ? '' : `, in the namespace ${namespace}`;
  const head = `# What Keywright needs for ${uses.length === 1 ? 'this secret' : `these ${uses.length} secrets`}${where}. The rules for auth/token are in Vault's policy "default" too.\n`;
  return [head, ...merged(rules).map(written)].join('\n');
}

function own(path: string, reason: string): Rule {
  return { path, capability: 'update', reasons: [reason] };
}

function ruleOf(source: SourceOptions & { readonly name: string }): Rule {
  const { name, path, method, kv_version } = source;
  if (method === 'write') return { path, capability: 'update', reasons: [`the secret ${name}`] };
  if (kv_version === 2) return { path: kv2PathOf(path), capability: 'read', reasons: [`the secret ${name}`] };
  const inData = withData(path, firstSegment(path));
  const isOpen = kv_version === undefined && !hasLease(source) && !isEngine(path) && kv2PathOf(path) !== path;
  const reasons = [`the secret ${name}`];
  return { path, capability: 'read', reasons, ...(isOpen ? { ifVersion2: inData } : {}) };
}

/** What makes a credential, by how the engines of Vault and OpenBao, and widespread others, name their paths. */
const leasing = new Set(['creds', 'sts', 'roleset', 'static-account', 'impersonated-account']);
const lasting = new Set(['static-creds', 'static-cred', 'issue', 'sign', 'code']);

function isEngine(path: string): boolean {
  return isLeasing(path) || within(path).some((segment) => lasting.has(segment));
}

function isLeasing(path: string): boolean {
  return within(path).some((segment) => leasing.has(segment)) || /^[^/]+\/token$/.test(path);
}

/** The segments between the mount and the last. */
function within(path: string): readonly string[] {
  return path.split('/').slice(1, -1);
}

/** Whether a lease may come with it: a rule too few would leave credentials behind. */
function hasLease({ path, method, kv_version }: SourceOptions): boolean {
  if (method === 'write') return !within(path).some((segment) => lasting.has(segment));
  return kv_version === undefined && kv2PathOf(path) !== path && isLeasing(path);
}

/** One block for each path: Vault takes the last of several and forgets the rest. */
function merged(rules: readonly Rule[]): readonly (readonly Rule[])[] {
  const byPath = new Map<string, Rule[]>();
  for (const rule of rules) byPath.set(rule.path, [...(byPath.get(rule.path) ?? []), rule]);
  return [...byPath.values()];
}

function written(rules: readonly Rule[]): string {
  const comments = rules.flatMap(({ reasons }) => reasons).map((reason) => `# ${reason}\n`);
  const capabilities = [...new Set(rules.map(({ capability }) => JSON.stringify(capability)))].join(', ');
  const [{ path, ifVersion2 } = { path: '', ifVersion2: undefined }] = rules;
  const block = (of: string): string => `path ${quoted(of)} {\n  capabilities = [${capabilities}]\n}\n`;
  const doubt =
    ifVersion2 === undefined ? '' : `${doubtAbout(path)}${block(ifVersion2).replace(/^/gm, '# ').replace(/# $/, '')}`;
  return `${comments.join('')}${block(path)}${doubt}`;
}

/** Both rules at once would grant one path too many: which it is shows in the configuration, or is for whoever writes the policy to say. */
function doubtAbout(path: string): string {
  const mount = firstSegment(path);
  return `# The rule above is for ${mount}/ as KV version 1, or as another engine. If it is KV version 2, that rule grants nothing, and this\n# one is needed instead (\`kv_version: 2\` in the configuration prints it; \`vault secrets list -detailed\` tells which it is):\n`;
}

/** A text of HCL. What Vault reads as a wildcard cannot be written in a policy as itself. */
function quoted(path: string): string {
  return JSON.stringify(path).replaceAll('${', '$${').replaceAll('%{', '%%{');
}
