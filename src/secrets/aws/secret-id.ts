import { textOption } from '../allowed.js';
import { partitionOf } from './region.js';

/** A name, or an ARN with or without the six characters that Secrets Manager adds. */
export const secretIdOption = textOption(
  /^(?:arn:aws[a-z-]{0,8}:secretsmanager:[a-z0-9-]{3,32}:\d{12}:secret:)?[\w/+=.@-]{1,512}$/,
  'the name of a secret of Secrets Manager, or its ARN',
);

/** Why an ARN cannot be asked for in this region, in words; undefined where it can. A name is always of the region and the account. */
export function misplaced(secretId: string, region: string): string | undefined {
  const [arn, partition, , itsRegion] = secretId.split(':');
  if (arn !== 'arn' || itsRegion === undefined) return undefined;
  const place = `${partitionOf(region).partition}:${region}`;
  const stated = `${partition ?? ''}:${itsRegion}`;
  return stated === place ? undefined : `its ARN is of ${stated}, and its backend of ${place}`;
}

/** The narrowest resource of a policy that has this secret: the six characters are not known of a name. */
export function resourceOf(secretId: string, region: string): string {
  const isWhole = secretId.startsWith('arn:') && /-[A-Za-z0-9]{6}$/.test(secretId);
  if (isWhole) return secretId;
  const prefix = secretId.startsWith('arn:')
    ? ''
    : `arn:${partitionOf(region).partition}:secretsmanager:${region}:*:secret:`;
  return `${prefix}${secretId}-??????`;
}
