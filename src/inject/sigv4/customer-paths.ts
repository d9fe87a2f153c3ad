/**
 * Hosts at which a customer's own code, or a customer's log, sees the signature of a request, and that share the service of their
 * signatures with an API of AWS: what is asked of the one, by its path, may be nothing that the other would do.
 */
interface CustomerHosts {
  readonly label: string;
  /** The label before it; left out, any. */
  readonly before?: string;
  /** In lower case; left out, all that the label is for. */
  readonly service?: string;
  /** Paths, without empty segments, that are for the customer's own alone. */
  readonly mayBe: (path: string) => boolean;
}

/** The APIs of Lambda and of OpenSearch Service have a date at the beginning of each of their paths. */
const isOfNoDate = (path: string): boolean => !/^\/\d{4}-\d{2}-\d{2}(?:\/|$)/.test(path);
const isOfGraph = (path: string): boolean => /^\/(?:graphql|event)(?:\/|$)/.test(path);

const customerHosts: readonly CustomerHosts[] = [
  // A function gets all headers of a request (docs.aws.amazon.com, "Invoking Lambda function URLs").
  { label: 'lambda-url', mayBe: isOfNoDate },
  // An audit log may be told to hold headers.
  { label: 'es', mayBe: isOfNoDate },
  { label: 'aos', mayBe: isOfNoDate },
  // Resolvers and handlers get headers; the API's own paths are /v1/… and /v2/….
  { label: 'appsync-api', mayBe: isOfGraph },
  { label: 'appsync-realtime-api', mayBe: isOfGraph },
  // So do custom authorizers, where things report; what is asked of their service there is called otherwise.
  { label: 'iot', service: 'iot', mayBe: () => false },
  // So do interceptors of a gateway.
  { label: 'bedrock-agentcore', before: 'gateway', mayBe: (path) => /^\/mcp(?:\/|$)/.test(path) },
];

/** What stands in the name of a host, before its label too, and what a signature is to be for. */
interface Asked {
  readonly before: readonly string[];
  readonly label: string;
  /** In lower case. */
  readonly service: string;
  readonly path: string;
}

/** Whether a signature for this path, at a customer's host, would be good for an API of AWS. */
export function isOverCustomers({ before, label, service, path }: Asked): boolean {
  const hosts = customerHosts.find(
    (one) =>
      one.label === label && (one.before ?? before.at(-1)) === before.at(-1) && (one.service ?? service) === service,
  );
  // `es.eu-central-1` is AWS's own.
  if (hosts === undefined || before.length === 0) return false;
  // Signers and services leave empty segments out of what is signed.
  return !hosts.mayBe(path.replace(/\/{2,}/g, '/'));
}
