import { isOverCustomers } from './customer-paths.js';

/** What AWS gives to its services, and to what customers run there. */
const suffixes = [
  '.amazonaws.com',
  '.amazonaws.com.cn',
  '.amazonaws.eu',
  '.api.aws',
  '.on.aws',
  '.api.amazonwebservices.com.cn',
  '.on.amazonwebservices.com.cn',
  '.api.amazonwebservices.eu',
  '.on.amazonwebservices.eu',
];

/**
 * What AWS gives to what customers run: containers at `x.ecs.eu-central-1.on.aws` (docs.aws.amazon.com, "Express Mode services") see all
 * headers. Only these labels of theirs are no API's of AWS too, or have their paths told apart (customer-paths).
 */
const customersSuffix = /^\.on\./;
const signedAtCustomers: ReadonlySet<string> = new Set(['lambda-url', 'aos', 'neptune-graph', 'vpc-lattice-svcs']);

/** Where only customers are: nobody there reads a signature but to use it elsewhere. */
const customersOnly =
  /\.(?:cloudfront\.(?:net|cn)|elasticbeanstalk\.com(?:\.cn)?|amplifyapp\.com|awsapprunner\.com|awsglobalaccelerator\.com|amazoncognito\.com|amazonlightsail\.com|awsapps\.com|sagemaker\.aws)$/;

/**
 * Names that stand for a service in signatures, in lower case, and the labels of its hosts that are called otherwise: read out of the
 * endpoints of botocore 1.43 and of its operations' host prefixes. In nearly all hosts the label is the name.
 */
const labelsOf: Readonly<Record<string, readonly string[]>> = {
  appconfig: ['appconfigdata'],
  appstream: ['appstream2'],
  appsync: ['appsync-api', 'appsync-realtime-api'],
  'aws-marketplace': [
    ...['marketplace', 'agreement-marketplace', 'deployment-marketplace', 'discovery-marketplace'],
    ...['entitlement-marketplace', 'metering-marketplace', 'reporting-marketplace'],
  ],
  awsssoportal: ['sso'],
  bedrock: [
    ...['bedrock-runtime', 'bedrock-agent', 'bedrock-agent-runtime', 'bedrock-mantle'],
    ...['bedrock-data-automation', 'bedrock-data-automation-runtime'],
  ],
  'bedrock-agentcore': ['bedrock-agentcore-control'],
  cassandra: ['cassandra-streams'],
  chime: ['identity-chime', 'media-pipelines-chime', 'meetings-chime', 'messaging-chime', 'voice-chime'],
  cloudhsm: ['cloudhsmv2'],
  cloudsearch: ['cloudsearchdomain'],
  connect: ['contact-lens'],
  es: ['aos'],
  // The participants of Amazon Connect.
  'execute-api': ['connect'],
  forecast: ['forecastquery'],
  'iot-jobs-data': ['iot'],
  iotdata: ['iot'],
  iotdevicegateway: ['iot'],
  ioteventsdata: ['iotevents'],
  iotsecuredtunneling: ['iot', 'iot-tunneling'],
  ivs: ['ivsrealtime'],
  lakeformation: ['data-lakeformation', 'query-lakeformation'],
  lambda: ['lambda-url'],
  lex: ['models-v2-lex', 'runtime-v2-lex'],
  logs: ['stream-logs', 'streaming-logs'],
  'medical-imaging': ['runtime-medical-imaging'],
  memorydb: ['memory-db'],
  mgh: ['migrationhub-config'],
  mobiletargeting: ['pinpoint'],
  'mturk-requester': ['mturk-requester-sandbox'],
  'neptune-db': ['neptune'],
  omics: ['analytics-omics', 'control-storage-omics', 'storage-omics', 'tags-omics', 'workflows-omics'],
  personalize: ['personalize-events', 'personalize-runtime'],
  s3: ['s3-accelerate', 's3-accesspoint', 's3-control', 's3-external-1'],
  s3express: ['s3express-control'],
  servicecatalog: ['servicecatalog-appregistry'],
  servicediscovery: ['data-servicediscovery'],
  ses: ['email', 'mail-manager'],
  signer: ['data-signer'],
  'sms-voice': ['pinpoint'],
  sqs: ['queue'],
  'sso-oauth': ['oidc'],
  states: ['sync-states'],
  transcribe: ['transcribestreaming'],
};

/** Labels that stand behind the region, with what belongs to one customer before it: `search-x.eu-central-1.es`. Others so are no services. */
const behindRegion: ReadonlySet<string> = new Set(['es', 'aoss', 'cloudsearch', 'neptune', 'neptune-graph']);

const region = /^(?:[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}|(?:aws-)?global|dualstack|vpce)$/;

interface Request {
  /** In lower case, with or without a port. */
  readonly host: string;
  /** In its canonical form, without the query. */
  readonly path: string;
  /** As the signature calls it. */
  readonly service: string;
}

/**
 * Whether a signature for this service may go to this host. A signature covers its host and path, but services of AWS take one for whatever
 * host it was made: whoever gets to see it, at a host of his own under a suffix that AWS shares with its customers, could send it on to the
 * service that it is for. So the service is the one that the host is named after. Hosts that are not AWS's are whose the configuration says.
 * `isNamed`: the configuration names the service, which is then enough where no customer has a label of the host, and needed for API Gateway.
 */
export function isServed({ host, path, service }: Request, isNamed: boolean): boolean {
  const name = host.replace(/\.?(?::\d+)?$/, '');
  if (customersOnly.test(name)) return false;
  const suffix = suffixes.find((candidate) => name.endsWith(candidate));
  if (suffix === undefined) return true;
  const labels = name.slice(0, -suffix.length).split('.');
  const at = labels.findLastIndex((label) => !region.test(label));
  const label = labels[at]?.replace(/^fips-|-fips$/, '') ?? '';
  const isReversed = at > 1 && labels.slice(0, at).some((one) => region.test(one));
  if (!isLabelOf(label, service.toLowerCase())) return isNamed && at === 0;
  // An API may have AWS act with its caller's own identity (docs.aws.amazon.com, "AWS service integration", `arn:aws:iam::*:user/*`).
  if (label === 'execute-api' && !isNamed) return false;
  if (at > 0 && customersSuffix.test(suffix) && !signedAtCustomers.has(label)) return false;
  // A bucket may be called like a region.
  if (isReversed && !behindRegion.has(label) && service !== 's3') return false;
  return !isOverCustomers({ before: labels.slice(0, at), label, service: service.toLowerCase(), path });
}

function isLabelOf(label: string, service: string): boolean {
  if (label === service || (Object.hasOwn(labelsOf, service) && labelsOf[service]?.includes(label) === true))
    return true;
  // What S3 had before a region was a label, and its zones.
  if (service === 's3') return /^s3-(?:fips-)?[a-z]{2,4}(?:-[a-z]+)+-\d$/.test(label);
  return service === 's3express' && /^s3express-(?:fips-)?[a-z0-9]+-az\d{1,2}$/.test(label);
}
