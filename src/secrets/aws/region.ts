import { textOption } from '../allowed.js';

/** Partitions by the beginning of their regions' names, the most particular first: botocore's partitions.json. */
const partitions: readonly (readonly [start: string, partition: string, suffix: string])[] = [
  ['cn-', 'aws-cn', 'amazonaws.com.cn'],
  ['us-gov-', 'aws-us-gov', 'amazonaws.com'],
  ['us-iso-', 'aws-iso', 'c2s.ic.gov'],
  ['us-isob-', 'aws-iso-b', 'sc2s.sgov.gov'],
  ['us-isof-', 'aws-iso-f', 'csp.hci.ic.gov'],
  ['eu-isoe-', 'aws-iso-e', 'cloud.adc-e.uk'],
  ['eusc-', 'aws-eusc', 'amazonaws.eu'],
  ['', 'aws', 'amazonaws.com'],
];

/** It becomes part of a host name: nothing else is let through. */
export const regionOption = textOption(/^[a-z]{2,4}(?:-[a-z]{2,12}){1,2}-\d{1,2}$/, 'a region such as eu-central-1');

/** Where an ARN belongs, and the end of the names of its services. */
export function partitionOf(region: string): { readonly partition: string; readonly suffix: string } {
  const [, partition, suffix] = partitions.find(([start]) => region.startsWith(start)) ?? ['', 'aws', 'amazonaws.com'];
  return { partition, suffix };
}

/** The regional endpoint of a service. */
export function endpointOf(service: string, region: string): string {
  return `https://${service}.${region}.${partitionOf(region).suffix}`;
}

/** A role that can be assumed. */
export const roleArnOption = textOption(
  /^arn:aws[a-z-]{0,8}:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/,
  'the ARN of a role, arn:aws:iam::123456789012:role/NAME',
);
