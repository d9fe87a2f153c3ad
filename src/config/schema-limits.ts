import type { z } from 'zod';
import { defaultLimits, type Limits } from '../core/limits.js';
import { section } from './section.js';
import { countNumber, durationText, formatDuration, formatSize, pauseText, sizeText } from './text.js';

type Measure = 'count' | 'size' | 'duration' | 'pause';

/** One key for each limit, in snake case, and what the manual says of it. */
const limits: Readonly<Record<keyof Limits, readonly [Measure, string]>> = {
  connections: ['count', 'Connections from callers open at once, all listeners together.'],
  connectionsPerAddress: [
    'count',
    'Of these, from one IPv4 address or one IPv6 /64. Loopback and unix sockets do not count: every caller there has the same one.',
  ],
  requests: ['count', 'Requests under way at once, all connections together. Beyond it, requests are refused (503).'],
  http2Streams: ['count', 'Requests under way at once on one HTTP/2 connection from a caller.'],
  headerBytes: ['size', 'A request line and its header section; 4 MiB at most.'],
  headerCount: ['count', 'Fields in the header section of a request, and in its trailer section.'],
  headersTimeout: ['duration', 'From the first byte of a request to the end of its header section.'],
  handshakeTimeout: [
    'duration',
    'From the answer to CONNECT to the end of the TLS handshake, or to the first clear byte.',
  ],
  keepAliveTimeout: ['duration', 'A connection from a caller without a request.'],
  requestIdleTimeout: ['duration', 'Between two reads of a request body.'],
  lookupTimeout: ['duration', 'Looking up the name of a destination.'],
  connectTimeout: ['duration', 'Connecting to a destination, TLS included.'],
  responseTimeout: ['duration', 'From the end of the request to the header section of the answer.'],
  responseIdleTimeout: ['duration', 'Between two reads of an answer, Server-Sent Events included.'],
  tunnelIdleTimeout: ['duration', 'A tunnel, or what became a WebSocket, without a byte in either direction.'],
  websocketMessage: [
    'size',
    'One message on a WebSocket, decompressed; 2 GiB at most. A larger one closes the connection (1009).',
  ],
  heldBody: [
    'size',
    'A request body of which a policy has to see all, because a credential stands in it or a signature covers it. A larger one is refused (413); where nothing but a placeholder would be replaced in it, it is streamed as it is, and refused at the first placeholder. All others are streamed, whatever their size.',
  ],
  heldBodies: [
    'size',
    'Such bodies in memory at once, all together. Beyond it, requests that need one are refused (503).',
  ],
  upstreamKeepAliveTimeout: ['duration', 'A connection to a destination kept for the next request.'],
  upstreamConnections: ['count', 'Connections to one destination.'],
  addressLifetime: ['duration', 'How long a checked address is used before the name is looked up again.'],
  secretTimeout: ['duration', 'Fetching a secret from where it lives.'],
  leafCertificates: ['count', 'Certificates for callers kept for reuse.'],
  wrongCredentials: ['count', 'Wrong proxy credentials from one address and name before it has to wait.'],
  wrongCredentialsPause: ['duration', 'How long it has to wait then.'],
  drainDelay: ['pause', 'How long `/readyz` answers 503 before listeners close, so that a load balancer has noticed.'],
  auditDelay: ['pause', 'How long the record of an ended request may wait to be written together with others.'],
  drainTimeout: ['duration', 'How long requests under way may take to end when the proxy is asked to stop.'],
};

const members = Object.entries(limits) as readonly [keyof Limits, readonly [Measure, string]][];

export function limitsSection() {
  const shape = Object.fromEntries(
    members.map(([member, [measure, about]]) => [
      snakeCase(member),
      limitSchema(measure, defaultLimits[member]).describe(about),
    ]),
  );
  return section(shape)
    .prefault({})
    .transform(
      (values) =>
        Object.fromEntries(members.map(([member]) => [member, values[snakeCase(member)]])) as unknown as Limits,
    )
    .describe(
      'Every cap and timeout. A duration is a number with `ms`, `s`, `m` or `h`, a size one with `B`, `KiB`, `MiB` or `GiB`.',
    );
}

function limitSchema(measure: Measure, value: number): z.ZodType<number> {
  switch (measure) {
    case 'count':
      return countNumber.prefault(value);
    case 'size':
      return sizeText.prefault(formatSize(value));
    case 'duration':
      return durationText.prefault(formatDuration(value));
    case 'pause':
      return pauseText.prefault(value === 0 ? '0s' : formatDuration(value));
  }
}

function snakeCase(member: string): string {
  return member.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
