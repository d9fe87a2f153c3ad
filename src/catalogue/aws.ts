import { iamReads } from './aws-reads.js';
import { service } from './service.js';

/** Where services have hosts of their own. */
const regions = [
  ...[
    'us-east-1',
    'us-east-2',
    'us-west-1',
    'us-west-2',
    'us-gov-east-1',
    'us-gov-west-1',
    'ca-central-1',
    'ca-west-1',
    'mx-central-1',
    'sa-east-1',
  ],
  ...[
    'eu-central-1',
    'eu-central-2',
    'eu-north-1',
    'eu-south-1',
    'eu-south-2',
    'eu-west-1',
    'eu-west-2',
    'eu-west-3',
    'il-central-1',
    'me-central-1',
    'me-south-1',
    'af-south-1',
  ],
  ...['ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-south-1', 'ap-south-2'],
  ...[
    'ap-southeast-1',
    'ap-southeast-2',
    'ap-southeast-3',
    'ap-southeast-4',
    'ap-southeast-5',
    'ap-southeast-6',
    'ap-southeast-7',
  ],
];

/**
 * Hosts of each of these services in each region: the usual one, the one for FIPS, and what endpoints in a network of one's own (PrivateLink)
 * are called there.
 */
function regional(...names: readonly string[]): readonly string[] {
  return [
    ...regions.flatMap((region) => names.flatMap((name) => [name, `${name}-fips`].map((one) => inRegion(one, region)))),
    ...regions.flatMap((region) => names.map((name) => privateHost(name, region))),
  ];
}

function inRegion(name: string, region: string): string {
  return `${name}.${region}.amazonaws.com`;
}

function privateHost(name: string, region: string): string {
  return inRegion(`*.${name.replace(/^\*\./, '')}`, `${region}.vpce`);
}

/**
 * AWS, whose services and customers share one suffix. What goes to a host under it is a signature for that host alone, never the secret key:
 * see `signsOnly` in `binding`.
 */
export const aws = service({
  name: 'aws',
  hosts: ['*.amazonaws.com'],
  places: [{ place: 'sigv4', part: 'access_key_id' }],
  variables: [
    // Its placeholder has more characters than an access key ID of AWS: none of AWS's clients counts them.
    { name: 'AWS_ACCESS_KEY_ID', shapes: ['AKIA<32 hex>', 'ASIA<32 hex>'] },
    {
      name: 'AWS_SECRET_ACCESS_KEY',
      shapes: ['<40 base64url>'],
      places: [{ place: 'sigv4', part: 'secret_access_key' }],
    },
    { name: 'AWS_SESSION_TOKEN', shapes: ['<400 base64url>'], places: [{ place: 'sigv4', part: 'session_token' }] },
  ],
  companions: ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE'],
  packages: ['awslabs.aws-api-mcp-server'],
  minting: {
    rules: [
      {
        name: 'iam',
        what: 'users, roles and access keys',
        methods: 'all',
        paths: ['/**'],
        hosts: [
          ...['iam.amazonaws.com', 'iam.us-gov.amazonaws.com', 'iam-fips.amazonaws.com'],
          ...['us-east-1', 'us-gov-west-1'].map((region) => privateHost('iam', region)),
          ...['iam.global.api.aws', 'iam-fips.global.api.aws', 'iam.us-gov.api.aws'],
          ...['iam.cn-north-1.amazonaws.com.cn', 'iam.global.api.amazonwebservices.com.cn'],
          ...['iam.eusc-de-east-1.amazonaws.eu', 'iam.eusc-de-east-1.api.amazonwebservices.eu'],
        ],
        unless: iamReads,
      },
      {
        name: 'sts',
        what: 'session credentials',
        methods: 'all',
        paths: ['/**'],
        hosts: [
          ...['sts.amazonaws.com', ...regional('sts')],
          ...regions.flatMap((region) => ['sts', 'sts-fips'].map((name) => `${name}.${region}.api.aws`)),
          ...['cn-north-1', 'cn-northwest-1'].flatMap((region) =>
            ['amazonaws.com.cn', 'api.amazonwebservices.com.cn'].map((suffix) => `sts.${region}.${suffix}`),
          ),
          ...['sts.eusc-de-east-1.amazonaws.eu', 'sts.eusc-de-east-1.api.amazonwebservices.eu'],
        ],
        unless: ['GetCallerIdentity', 'GetAccessKeyInfo', 'DecodeAuthorizationMessage'],
      },
      {
        name: 'sign-in',
        what: 'credentials of single sign-on and of Roles Anywhere',
        methods: 'all',
        paths: ['/federation/credentials', '/sessions', '/token', '/client/register', '/device_authorization'],
        hosts: regional('portal.sso', 'oidc', 'rolesanywhere'),
      },
      {
        name: 'codeartifact',
        what: 'tokens of package registries',
        paths: ['/v1/authorization-token'],
        hosts: regional('codeartifact'),
      },
      {
        name: 'data-credentials',
        what: 'session credentials for data',
        methods: 'all',
        paths: [
          '/AssumeDecoratedRoleWithSAML',
          '/GetTemporaryDataLocationCredentials',
          '/GetTemporaryGluePartitionCredentials',
          '/GetTemporaryGlueTableCredentials',
          '/v20180820/accessgrantsinstance/dataaccess',
        ],
        hosts: [
          ...regional('lakeformation', 's3-control', '*.s3-control'),
          ...regions.flatMap((region) =>
            ['*.s3-control', '*.s3-control-fips'].map((name) => inRegion(name, `dualstack.${region}`)),
          ),
        ],
      },
      {
        name: 'service-roles',
        what: 'session credentials of roles that single services hand out',
        methods: 'all',
        paths: [
          '/v2/domains/*/environments/*/credentials',
          '/v2/domains/*/connections/*',
          '/2023-10-12/farms/*/fleets/*/read-roles',
          '/2023-10-12/farms/*/fleets/*/workers/*/fleet-roles',
          '/2023-10-12/farms/*/fleets/*/workers/*/queue-roles',
          '/2023-10-12/farms/*/queues/*/read-roles',
          '/2023-10-12/farms/*/queues/*/user-roles',
          '/clusters/*/assume-role-for-pod-identity',
          '/credentials/programmatic',
          '/datasets/*/dataviewsv2/*/external-access-details',
        ],
        hosts: regional('datazone', 'management.deadline', 'scheduling.deadline', 'eks-auth', 'finspace-api'),
      },
      {
        name: 'service-keys',
        what: 'API keys and tokens of single services',
        methods: 'all',
        paths: [
          '/apikeys/**',
          '/v1/apis/*/apikeys/**',
          '/workspaces/*/apikeys',
          '/workspaces/*/serviceaccounts/*/tokens',
          '/webtoken/*',
          '/clitoken/*',
          '/identities/**',
        ],
        hosts: regional('apigateway', 'appsync', 'grafana', 'airflow', 'bedrock-agentcore'),
      },
      {
        name: 'service-logins',
        what: 'logins, tokens and keys of further single services',
        methods: 'all',
        paths: [
          '/user/federate/*',
          '/virtualclusters/*/endpoints/*/credentials',
          '/applications/*/sessions/*/endpoint',
          '/metadata/v0/keys',
          '/metadata/v0/keys/*',
          '/tokens/**',
        ],
        hosts: regional('connect', 'emr-containers', 'emr-serverless', 'cp.metadata.geo', 'amplifyuibuilder'),
      },
    ],
    // Dual stack, China, Europe.
    beyond: [
      '*.api.aws',
      '*.amazonaws.com.cn',
      '*.api.amazonwebservices.com.cn',
      '*.amazonaws.eu',
      '*.api.amazonwebservices.eu',
    ],
    letThrough:
      'actions of STS and IAM that only read: none of their answers has a member that botocore marks as sensitive',
    read: 'botocore 1.43.11 (its service models and regions); the tokens of Airflow and hosts for FIPS from memory',
    unseen:
      'where the action stands in a body or a header (Secrets Manager, SSM, KMS, Cognito, ECR, Redshift, EC2), nothing is told apart; a region that is newer than the list has an STS of its own; in China, Europe and at hosts of dual stack only IAM and STS are denied',
  },
});
