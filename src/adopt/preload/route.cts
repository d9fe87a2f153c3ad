/** A forward proxy as the environment names it. */
export interface ProxyAddress {
  readonly host: string;
  readonly port: number;
  /** The value of Proxy-Authorization; undefined where the URL holds no credentials. */
  readonly authorization: string | undefined;
}

/** Which way a connection takes. */
export type Route =
  | { readonly kind: 'direct' }
  | { readonly kind: 'proxy'; readonly proxy: ProxyAddress }
  /** There is no usable proxy: the connection has to fail, because going around the proxy is never the answer. */
  | { readonly kind: 'none'; readonly reason: string };

export type Router = (host: string, port: number) => Route;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the proxy variables once, so that what the program later does to its own environment does not change its way out.
 * Loopback is never proxied: the proxy could not tell it from its own host.
 */
function readRouter(environment: Environment): Router {
  const direct: Route = { kind: 'direct' };
  const exceptions = readExceptions(environment['no_proxy'] ?? environment['NO_PROXY'] ?? '');
  const way = readWay(environment['https_proxy'] ?? environment['HTTPS_PROXY'] ?? '');
  return (host, port) => {
    const name = host.toLowerCase().replace(/^\[|\]$|\.$/g, '');
    const itself = way.kind === 'proxy' && way.proxy.port === port && way.proxy.host === name;
    return itself || isLoopback(name) || exceptions(name, port) ? direct : way;
  };
}

function readWay(text: string): Route {
  if (text === '') return { kind: 'none', reason: 'the variable HTTPS_PROXY is missing' };
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // The error of URL repeats its input, which holds the proxy's password.
    return { kind: 'none', reason: 'the variable HTTPS_PROXY is no URL' };
  }
  if (url.protocol !== 'http:') return { kind: 'none', reason: 'the variable HTTPS_PROXY does not name an http proxy' };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  const authorization = credentials === ':' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
  return { kind: 'proxy', proxy: { host, port: Number(url.port === '' ? '80' : url.port), authorization } };
}

function isLoopback(name: string): boolean {
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/.test(name)
  );
}

/** NO_PROXY as undici and curl read it: names stand for themselves and what is under them, `*` for all. */
function readExceptions(text: string): (name: string, port: number) => boolean {
  const entries = text.toLowerCase().split(/[\s,]+/);
  const rules = entries.filter((entry) => entry !== '').map(readException);
  return (name, port) => rules.some((rule) => rule(name, port));
}

function readException(entry: string): (name: string, port: number) => boolean {
  if (entry === '*') return () => true;
  const match = /^\[?(.*?)\]?(?::(\d+))?$/.exec(/^[^[]*:.*:/.test(entry) ? `[${entry}]` : entry);
  const host = (match?.[1] ?? entry).replace(/^\*?\./, '');
  const only = match?.[2];
  return (name, port) => (only === undefined || Number(only) === port) && (name === host || name.endsWith(`.${host}`));
}

module.exports = { readRouter };
