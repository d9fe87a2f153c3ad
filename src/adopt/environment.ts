/** Files that the child's trust and ways out depend on; all lie in the run's private folder. */
export interface ChildFiles {
  /** PEM of our CA, and of what NODE_EXTRA_CA_CERTS named before: for variables that add to a trust store. */
  readonly ca: string;
  /** PEM of the system's roots, of what was configured before, and of our CA: for variables that replace a trust store. */
  readonly bundle: string;
  /** The preload for Node. */
  readonly preload: string;
  /** The bundle as a JKS key store. */
  readonly javaTrustStore?: string;
  /** Settings for wget, which has no variable for a CA. */
  readonly wgetrc?: string;
}

export interface ChildEnvironmentInput {
  /** What the child would have got, with placeholders for its secrets. */
  readonly base: Readonly<Record<string, string>>;
  /** `http://user:password@127.0.0.1:port`: both parts not empty, in URL-safe characters. */
  readonly proxyUrl: string;
  /** A port that asks for no password: Java has no way to send one from its options. */
  readonly javaPort?: number;
  readonly files: ChildFiles;
}

/** Each of these is read by some client under one spelling only: curl reads `http_proxy` in lower case, Go looks at upper case first. */
export const proxyVariables: readonly string[] = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'http_proxy',
  'https_proxy',
  'all_proxy',
];

/** Proxies that single programs read instead of the common ones. */
const ownProxyVariables = [
  'SLACK_MCP_PROXY',
  'FIGMA_PROXY',
  'PERPLEXITY_PROXY',
  'PIP_PROXY',
  'npm_config_proxy',
  'npm_config_https_proxy',
];

/** Further ones that a user may have set: JIRA_HTTPS_PROXY and its like lead around our proxy. */
const ownProxy = /_(?:https?|all)_proxy$/i;
const ownException = /_no_?proxy$/i;

/** Variables that replace a trust store: they get all roots. A host that is tunnelled has a certificate of the outer world. */
export const replacingVariables: readonly string[] = [
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'PIP_CERT',
  'AWS_CA_BUNDLE',
  'GIT_SSL_CAINFO',
  'CARGO_HTTP_CAINFO',
  'npm_config_cafile',
  'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH',
  'CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE',
  'HTTPLIB2_CA_CERTS',
  'PERL_LWP_SSL_CA_FILE',
  'NIX_SSL_CERT_FILE',
  'SLACK_MCP_SERVER_CA',
  'GITLAB_CA_CERT_PATH',
];

/** Variables that add to a trust store: they get what is not in it. */
export const addingVariables: readonly string[] = ['NODE_EXTRA_CA_CERTS', 'DENO_CERT'];

/**
 * Only Go exempts loopback by itself. Nothing else may be exempt: an entry inherited from outside would let a host with a
 * credential go around the proxy, with the placeholder instead of it.
 */
const notProxied = 'localhost,127.0.0.1,::1';

/** The environment of the child: everything it would have got, and all that leads its requests through the proxy. */
export function childEnvironment({ base, proxyUrl, javaPort, files }: ChildEnvironmentInput): Record<string, string> {
  return {
    ...base,
    ...each(
      Object.keys(base).filter((name) => ownProxy.test(name)),
      proxyUrl,
    ),
    ...each(
      Object.keys(base).filter((name) => ownException.test(name)),
      notProxied,
    ),
    ...each([...proxyVariables, ...ownProxyVariables], proxyUrl),
    ...each(['NO_PROXY', 'no_proxy', 'npm_config_noproxy'], notProxied),
    ...each(replacingVariables, files.bundle),
    ...each(addingVariables, files.ca),
    // Without it git sends its first request without credentials, and waits for the answer.
    GIT_HTTP_PROXY_AUTHMETHOD: 'basic',
    // For programs whose scripts set NODE_OPTIONS anew. The flag of the same meaning would keep Node 20 from starting.
    NODE_USE_ENV_PROXY: '1',
    NODE_OPTIONS: joined(base['NODE_OPTIONS'], `--require=${quoteNodeOption(files.preload)}`),
    ...(files.wgetrc !== undefined && { WGETRC: files.wgetrc }),
    ...(javaPort !== undefined && {
      JAVA_TOOL_OPTIONS: joined(base['JAVA_TOOL_OPTIONS'], javaOptions(javaPort, files)),
    }),
  };
}

/** NODE_OPTIONS is split at spaces outside double quotes; a backslash escapes within them. */
export function quoteNodeOption(value: string): string {
  return /[\s"\\]/.test(value) ? `"${value.replace(/[\\"]/g, '\\$&')}"` : value;
}

function javaOptions(port: number, { javaTrustStore }: ChildFiles): string {
  const options = ['http', 'https'].flatMap((scheme) => [
    `-D${scheme}.proxyHost=127.0.0.1`,
    `-D${scheme}.proxyPort=${port}`,
  ]);
  options.push('-Dhttp.nonProxyHosts=localhost|127.*|[::1]');
  if (javaTrustStore !== undefined) {
    options.push(
      `-Djavax.net.ssl.trustStore=${javaTrustStore}`,
      '-Djavax.net.ssl.trustStorePassword=changeit',
      '-Djavax.net.ssl.trustStoreType=JKS',
    );
  }
  return options.map(quoteJavaOption).join(' ');
}

/** JAVA_TOOL_OPTIONS is split at white space outside quotes; there is no escape within them. */
function quoteJavaOption(option: string): string {
  if (!/\s/.test(option)) return option;
  return option.includes('"') ? `'${option}'` : `"${option}"`;
}

function joined(existing: string | undefined, added: string): string {
  return existing === undefined || existing.trim() === '' ? added : `${existing} ${added}`;
}

function each(names: readonly string[], value: string): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, value]));
}
