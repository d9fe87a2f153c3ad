import { readFileSync } from 'node:fs';
import type { SecureContext } from 'node:tls';
import type * as Undici from 'undici';
import { holdsCertificate } from './certificates.js';
import { ClientError, clientError } from './client-error.js';
import { secureContextFor } from './client-trust.js';

export interface HttpClientOptions {
  /** Scheme, host and port; a path in it stands before every path. Checked by who read it from the configuration. */
  readonly address: URL;
  /** Without it `http:` is refused. */
  readonly allowCleartext?: boolean;
  /** A file of the certificates to trust for it, PEM, instead of the usual roots. */
  readonly caFile?: string | undefined;
  /** What to show as a client, PEM; read for each connection, as such files are replaced in place. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** The name to send as SNI and to find in its certificate, where it is not the host's. */
  readonly serverName?: string | undefined;
}

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'LIST';
  /** Origin form, encoded: begins with `/`, has no `.` or `..` segment. May have a query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; those that came several times joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** UTF-8. */
  readonly text: string;
}

export interface HttpClient {
  /** `host:port`, for messages and for keeping requests of callers away from it. */
  readonly origin: string;
  /**
   * Sends one request and reads all of its answer, whatever its status; a redirect is an answer like any other. Never tried again.
   * Rejects with `ClientError`, whose words hold nothing of what was sent or came; or with the signal's reason.
   */
  request(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** Bytes of an answer that are read: secrets are small. */
const largest = 1024 * 1024;
/** Milliseconds. Who asks has a limit for all of it; this is for a connection that nobody waits for any more. */
const patience = 30_000;
const connections = 8;

/**
 * HTTP to where secrets come from. Verified TLS, no redirects, no proxies of the environment, no decoding, bounded in time and size.
 * `trust` is what the environment of the process adds to the usual roots.
 */
export function createHttpClient(options: HttpClientOptions, trust: readonly string[] = []): HttpClient {
  const { address } = options;
  const origin = originOf(address);
  const base = address.pathname.replace(/\/+$/, '');
  let opening: Promise<Undici.Agent> | undefined;
  let isClosed = false;
  return {
    origin,
    async request({ method, path, headers = {}, body, signal }) {
      refuseAmbiguous(path);
      if (address.protocol !== 'https:' && options.allowCleartext !== true) {
        throw new ClientError(`${origin} would be asked in cleartext: use https, or unsafe_cleartext: true`, 'tls');
      }
      signal.throwIfAborted();
      // What is late would open connections that nobody closes.
      if (isClosed)
        throw new ClientError(`${origin} is not asked any more: its configuration has ended`, 'unreachable');
      try {
        opening ??= openAgent(options, trust);
        const agent = await opening;
        const answer = await agent.request({
          origin: address.origin,
          method: method,
          path: base + path,
          headers: { accept: 'application/json', ...headers },
          body: body ?? null,
          signal,
        });
        if (answer.headers['content-encoding'] !== undefined) {
          // Given up on purpose; an error that nobody hears would end the process.
          answer.body.on('error', () => undefined).destroy();
          throw new ClientError(`${origin} answered in a content coding, which was not asked for`, 'protocol');
        }
        return { status: answer.statusCode, headers: joined(answer.headers), text: await textOf(answer.body, origin) };
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw clientError(error, origin);
      }
    },
    async close() {
      isClosed = true;
      if (opening === undefined) return;
      const agent = await opening.catch(() => undefined);
      await agent?.destroy();
    },
  };
}

/** Loaded when the first request is made: it takes 30 ms, and many need none of it. */
async function openAgent(options: HttpClientOptions, trust: readonly string[]): Promise<Undici.Agent> {
  const { Agent, buildConnector } = await import('undici');
  const connect: Undici.buildConnector.connector = (target, done) => {
    try {
      buildConnector(tlsOptions(options, trust))(target, done);
    } catch (error) {
      done(error as Error, null);
    }
  };
  return new Agent({
    connect,
    connections,
    pipelining: 1,
    allowH2: false,
    headersTimeout: patience,
    bodyTimeout: patience,
    maxHeaderSize: 32 * 1024,
    maxResponseSize: largest,
    keepAliveTimeout: 10_000,
  });
}

function tlsOptions(options: HttpClientOptions, trust: readonly string[]): Undici.buildConnector.BuildOptions {
  const { address, serverName } = options;
  return {
    timeout: patience,
    ...(address.protocol === 'https:' && {
      secureContext: contextOf(options, trust),
      // Said outright, so that NODE_TLS_REJECT_UNAUTHORIZED in our environment changes nothing.
      rejectUnauthorized: true,
      ...(serverName !== undefined && { servername: serverName }),
    }),
  };
}

function contextOf({ caFile, certFile, keyFile }: HttpClientOptions, trust: readonly string[]): SecureContext {
  const read = (file: string | undefined, option: string): string | undefined =>
    file === undefined ? file : readPem(file, option);
  const caPem = read(caFile, 'ca_file');
  if (caPem !== undefined && !holdsCertificate(caPem)) {
    throw new ClientError(`ca_file ${caFile ?? ''} holds no certificate in PEM`, 'files');
  }
  const [certPem, keyPem] = [read(certFile, 'client_cert_file'), read(keyFile, 'client_key_file')];
  return secureContextFor({ caPem, certPem, keyPem, trust });
}

function readPem(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The reason is one of a few, and the path is what the operator needs.
    throw new ClientError(`the file ${file} (${option}) is missing or cannot be read`, 'files');
  }
}

/** `host:port` as configuration and requests write it: IPv6 in brackets. */
export function originOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
}

/** What a URL parser would resolve leads elsewhere: refused, whoever built it. */
function refuseAmbiguous(path: string): void {
  const [before = ''] = path.split('?');
  const segments = before.split('/').map((segment) => segment.replace(/%2e/gi, '.'));
  const isDotted = segments.some((segment) => segment === '.' || segment === '..');
  if (!/^\/[\x21\x22\x24-\x7e]*$/.test(path) || path.startsWith('//') || before.includes('\\') || isDotted) {
    throw new ClientError('the path of a request to a backend is not in one form', 'protocol');
  }
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}

async function textOf(body: AsyncIterable<Uint8Array>, origin: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    length += piece.length;
    if (length > largest) throw new ClientError(`${origin} answered with more than ${largest} bytes`, 'too_large');
    pieces.push(piece);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
  } catch {
    // The decoder's message says no more than this.
    throw new ClientError(`${origin} answered with what is not UTF-8`, 'protocol');
  }
}
