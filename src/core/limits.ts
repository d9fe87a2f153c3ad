/**
 * Every cap and timeout with its default. Times are milliseconds, sizes are bytes.
 * The configuration's `limits` section has one key for each, in kebab-free snake case: see config/schema.
 */
export interface Limits {
  /** Connections from callers open at once, all listeners together. */
  readonly connections: number;
  /**
   * Of these, from one IPv4 address or one IPv6 /64. Loopback addresses and unix sockets do not count: there every caller of
   * the machine has the same one.
   */
  readonly connectionsPerAddress: number;
  /** Requests under way at once, all connections together. */
  readonly requests: number;
  /** Requests under way at once on one HTTP/2 connection from a caller. */
  readonly http2Streams: number;
  /** Bytes of a request line and header section. */
  readonly headerBytes: number;
  /** Fields in the header section of a request, and in its trailer section. */
  readonly headerCount: number;
  /** From the first byte of a request to the end of its header section. */
  readonly headersTimeout: number;
  /** From the answer to CONNECT to the end of the TLS handshake, or to the first clear byte. */
  readonly handshakeTimeout: number;
  /** A connection from a caller without a request. */
  readonly keepAliveTimeout: number;
  /** Between two reads of a request body while the destination waits for it. */
  readonly requestIdleTimeout: number;
  /** Looking up the destination's name. */
  readonly lookupTimeout: number;
  /** Connecting to the destination, TLS included. */
  readonly connectTimeout: number;
  /** From the end of the request to the destination's header section. */
  readonly responseTimeout: number;
  /** Between two reads of a response body, Server-Sent Events included. */
  readonly responseIdleTimeout: number;
  /** A tunnel, or what became a WebSocket, without a byte in either direction. */
  readonly tunnelIdleTimeout: number;
  /** Bytes of one message on a WebSocket whose messages are read, decompressed. */
  readonly websocketMessage: number;
  /** Bytes of a request body of which a policy has to see all, out of its coding. */
  readonly heldBody: number;
  /** Of all such bodies that are in memory at once. */
  readonly heldBodies: number;
  /** A connection to a destination kept for the next request. */
  readonly upstreamKeepAliveTimeout: number;
  /** Connections to one destination. */
  readonly upstreamConnections: number;
  /** How long a vetted address is used before the name is looked up again. */
  readonly addressLifetime: number;
  /** Fetching a secret from where it lives. */
  readonly secretTimeout: number;
  /** Leaf certificates kept for reuse. */
  readonly leafCertificates: number;
  /** Wrong proxy credentials from one address and name before it has to wait. */
  readonly wrongCredentials: number;
  /** How long it has to wait then. */
  readonly wrongCredentialsPause: number;
  /** Asked to stop, the proxy is not ready any more for this long before it takes nothing new; 0 for at once. */
  readonly drainDelay: number;
  /** How long the record of an ended request may wait to be written with others. */
  readonly auditDelay: number;
  /** Requests under way when the proxy is asked to stop may take this long to end. */
  readonly drainTimeout: number;
}

const second = 1000;
const minute = 60 * second;

export const defaultLimits: Limits = {
  connections: 10_000,
  connectionsPerAddress: 2000,
  requests: 20_000,
  http2Streams: 100,
  headerBytes: 64 * 1024,
  headerCount: 256,
  headersTimeout: 30 * second,
  handshakeTimeout: 10 * second,
  keepAliveTimeout: 75 * second,
  requestIdleTimeout: 5 * minute,
  lookupTimeout: 5 * second,
  connectTimeout: 10 * second,
  responseTimeout: 5 * minute,
  responseIdleTimeout: 15 * minute,
  tunnelIdleTimeout: 15 * minute,
  websocketMessage: 64 * 1024 * 1024,
  heldBody: 4 * 1024 * 1024,
  heldBodies: 64 * 1024 * 1024,
  upstreamKeepAliveTimeout: 30 * second,
  upstreamConnections: 128,
  addressLifetime: 30 * second,
  secretTimeout: 10 * second,
  leafCertificates: 1024,
  wrongCredentials: 10,
  wrongCredentialsPause: 30 * second,
  drainDelay: 0,
  auditDelay: 20,
  drainTimeout: 30 * second,
};
