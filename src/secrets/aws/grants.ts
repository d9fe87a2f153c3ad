import type { SourceUse } from '../backend.js';
import { resourceOf } from './secret-id.js';
import { stageOf, type SecretsManagerOptions } from './secrets-manager.js';
import type { StsOptions } from './sts.js';
import { partitionOf } from './region.js';

interface Statement {
  readonly Effect: 'Allow';
  readonly Action: string | readonly string[];
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * The IAM policy for the principal that Keywright is in AWS: each secret by its own statement, whose Sid is made of the secret's name;
 * what two of them need alike is there once. What
 * the trust policies of the roles and the policies of other accounts have to say is not in it.
 */
export function iamPolicy({ region }: { readonly region: string }, uses: readonly SourceUse[]): string {
  const taken = new Set<string>();
  const statements = new Map<string, object>();
  for (const { name, kind, options } of uses) {
    for (const [verb, statement] of statementsOf(kind, options, region)) {
      const same = JSON.stringify(statement);
      if (!statements.has(same)) statements.set(same, { Sid: sidOf(verb, name, taken), ...statement });
    }
  }
  return `${JSON.stringify({ Version: '2012-10-17', Statement: [...statements.values()] }, null, 2)}\n`;
}

function statementsOf(kind: string, options: unknown, region: string): [verb: string, statement: Statement][] {
  switch (kind) {
    case 'aws':
      return toRead(options as SecretsManagerOptions, region);
    case 'sts':
      return [['Assume', toAssume(options as StsOptions)]];
    default:
      throw new TypeError(`no source ${kind} reads from AWS`);
  }
}

/** The label or version that is asked for is a condition, so that what is still being rotated in cannot be read. */
function toRead(chosen: SecretsManagerOptions, region: string): [string, Statement][] {
  const { secret_id, version_id, kms_key_arn } = chosen;
  const stage = stageOf(chosen);
  const read: Statement = {
    Effect: 'Allow',
    Action: 'secretsmanager:GetSecretValue',
    Resource: resourceOf(secret_id, region),
    Condition: {
      // Several labels can be in one request of other actions: the key has a set of values.
      ...(stage !== undefined && { 'ForAnyValue:StringEquals': { 'secretsmanager:VersionStage': stage } }),
      ...(version_id !== undefined && { StringEquals: { 'secretsmanager:VersionId': version_id } }),
    },
  };
  if (kms_key_arn === undefined) return [['Read', read]];
  const through = { 'kms:ViaService': `secretsmanager.${region}.${partitionOf(region).suffix}` };
  const decrypt: Statement = {
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: kms_key_arn,
    Condition: { StringEquals: through },
  };
  return [
    ['Read', read],
    ['Decrypt', decrypt],
  ];
}

function toAssume({ role_arn, tags, source_identity }: StsOptions): Statement {
  const more = [
    ...(tags !== undefined && Object.keys(tags).length > 0 ? ['sts:TagSession'] : []),
    ...(source_identity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  return {
    Effect: 'Allow',
    Action: more.length === 0 ? 'sts:AssumeRole' : ['sts:AssumeRole', ...more],
    Resource: role_arn,
  };
}

/** Letters and digits are all that a Sid may have, and it has to be the only one of its policy. */
function sidOf(verb: string, name: string, taken: Set<string>): string {
  const words = name.split(/[^A-Za-z0-9]+/).map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  const base = `${verb}${words.join('')}`;
  let sid = base;
  for (let count = 2; taken.has(sid); count += 1) sid = `${base}x${count}`;
  taken.add(sid);
  return sid;
}
