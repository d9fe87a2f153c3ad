import { addressOption, connectionOptions, connectionRules } from './connection-options.js';
import { defineBackend } from './backend.js';
import { connectToAws } from './aws/connection.js';
import { credentialsOption } from './aws/credentials-option.js';
import { iamPolicy } from './aws/grants.js';
import { endpointOf, regionOption } from './aws/region.js';
import { secretsManagerSource } from './aws/secrets-manager.js';
import { stsSource } from './aws/sts.js';

/** AWS in one region: Secrets Manager, and STS for roles. Nothing of the environment leads it elsewhere (AWS_ENDPOINT_URL does not). */
export const awsBackend = defineBackend({
  kind: 'aws',
  summary: 'AWS in one region: Secrets Manager, and roles by STS.',
  options: {
    region: regionOption.describe('Such as `eu-central-1`.'),
    credentials: credentialsOption,
    endpoint: addressOption
      .optional()
      .describe("Of Secrets Manager, where it is not the region's own: a VPC endpoint."),
    sts_endpoint: addressOption.optional().describe("Of STS, where it is not the region's own."),
    ...connectionOptions,
  },
  rules: connectionRules('endpoint', 'sts_endpoint'),
  // The key itself signs and goes nowhere; its id and the session token go to the service that is asked.
  sends: ({ region, endpoint, sts_endpoint }, uses) => {
    const at = {
      aws: endpoint ?? endpointOf('secretsmanager', region),
      sts: sts_endpoint ?? endpointOf('sts', region),
    };
    return Object.entries(at)
      .filter(([kind]) => uses.some((use) => use.kind === kind))
      .flatMap(([, to]) => ['access_key_id', 'session_token'].map((key) => ({ path: ['credentials', key], to })));
  },
  loginByCaller: true,
  make: connectToAws,
  sources: [secretsManagerSource, stsSource],
  grants: iamPolicy,
});
