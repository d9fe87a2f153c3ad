import type { HttpAnswer } from '../../net/client.js';
import { seal } from '../seal.js';
import { AwsFailure } from './failure.js';
import type { TemporaryKeys } from './keys.js';
import type { AwsRequest } from './service.js';
import { onlyElement } from './xml.js';

export interface Assumed {
  readonly roleArn: string;
  /** 2 to 64 of `[\w+=,.@-]`. */
  readonly sessionName: string;
  /** Seconds. */
  readonly duration?: number | undefined;
  readonly sessionPolicy?: string | undefined;
  readonly policyArns?: readonly string[] | undefined;
  readonly externalId?: string | undefined;
  readonly sourceIdentity?: string | undefined;
  readonly tags?: readonly (readonly [key: string, value: string])[];
  readonly transitiveTagKeys?: readonly string[] | undefined;
}

/** The form of AssumeRole (API version 2011-06-15). */
export function assumeRole(assumed: Assumed): AwsRequest {
  const { roleArn, sessionName, duration, sessionPolicy, policyArns = [], externalId, sourceIdentity } = assumed;
  const { tags = [], transitiveTagKeys = [] } = assumed;
  return query('AssumeRole', [
    ['RoleArn', roleArn],
    ['RoleSessionName', sessionName],
    ['DurationSeconds', duration?.toString()],
    ['Policy', sessionPolicy],
    ['ExternalId', externalId],
    ['SourceIdentity', sourceIdentity],
    ...policyArns.map((arn, index): Parameter => [`PolicyArns.member.${index + 1}.arn`, arn]),
    ...tags.flatMap(([key, value], index): Parameter[] => [
      [`Tags.member.${index + 1}.Key`, key],
      [`Tags.member.${index + 1}.Value`, value],
    ]),
    ...transitiveTagKeys.map((key, index): Parameter => [`TransitiveTagKeys.member.${index + 1}`, key]),
  ]);
}

/** The form of AssumeRoleWithWebIdentity, which is not signed: the token is what lets in. */
export function assumeRoleWithWebIdentity(roleArn: string, sessionName: string, token: string): AwsRequest {
  return query('AssumeRoleWithWebIdentity', [
    ['RoleArn', roleArn],
    ['RoleSessionName', sessionName],
    ['WebIdentityToken', token],
  ]);
}

type Parameter = readonly [name: string, value: string | undefined];

function query(action: string, parameters: readonly Parameter[]): AwsRequest {
  const given = parameters.filter((pair): pair is [string, string] => pair[1] !== undefined);
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams([['Action', action], ['Version', '2011-06-15'], ...given]).toString(),
  };
}

/** The keys in an answer to either. `name` is for the seals. Throws `AwsFailure`. */
export function keysIn(name: string, { text }: HttpAnswer, origin: string): TemporaryKeys {
  const part = (element: string): string => {
    const value = onlyElement(text, element);
    if (value === undefined || value === '') throw new AwsFailure(`${origin} answered without one ${element}`, 'down');
    return value;
  };
  const expiresAt = Date.parse(part('Expiration'));
  if (Number.isNaN(expiresAt)) throw new AwsFailure(`${origin} answered with an Expiration that is no time`, 'down');
  const sealed = (element: string) => seal(name, part(element));
  return { id: sealed('AccessKeyId'), secret: sealed('SecretAccessKey'), token: sealed('SessionToken'), expiresAt };
}
