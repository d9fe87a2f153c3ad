import { createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { systemClock } from '../core/clock.js';
import { defineKind } from '../core/kind.js';
import { UsageError } from '../core/usage-error.js';
import { keyFrom } from './hmac-key.js';
import { checkVariables, messageOf, parseMessage, parseSent, type Moment } from './hmac-message.js';
import type { Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import { fieldSlot, refuseReserved, sameField } from './field-name.js';
import { headerName, secretField, secretName } from './signer-options.js';
import { mostOccurrences, occurrencesIn, substitutionsFor } from './substitution.js';
import { render } from './template.js';

const timestamps = {
  unix: (now: number) => String(Math.floor(now / 1000)),
  'unix-ms': (now: number) => String(now),
  iso8601: (now: number) => new Date(now).toISOString(),
} as const;

/** What it takes to sign beside the request; tests bring their own. */
export interface Means {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Never the same twice. */
  readonly nonce: () => string;
}

const systemMeans: Means = { now: () => systemClock.now(), nonce: () => randomBytes(16).toString('hex') };

/** A header with an HMAC (RFC 2104) of parts of the request. */
export const hmacSigner = defineKind({
  kind: 'hmac',
  summary: 'A header that holds an HMAC of parts of the request.',
  options: {
    secret: secretName.describe('The secret that holds the key.'),
    field: secretField.default('value').describe('Its field.'),
    key_encoding: z
      .enum(['text', 'hex', 'base64'])
      .default('text')
      .describe('What the field is: `text` is a key as it stands; `hex` and `base64` (either alphabet) are decoded.'),
    algorithm: z.enum(['sha256', 'sha512', 'sha1']).describe('The hash within the HMAC.'),
    message: z
      .string()
      .min(1)
      .describe(
        'What is signed: text with `{method}`, `{target}` (path and query as sent), `{path}`, `{query}` (without `?`), `{host}` (with its port where it is not the usual one), `{body}`, `{body_sha256}` (hex), `{timestamp}`, `{nonce}` and `{header.NAME}`. A body is held in memory for it.',
      ),
    encoding: z.enum(['hex', 'base64', 'base64url']).describe('How the signature is written.'),
    header: headerName.describe('The header that it goes in; what the client sent there is dropped.'),
    template: z
      .string()
      .min(1)
      .default('{signature}')
      .describe('The value of the header: text with `{signature}`, `{timestamp}`, `{nonce}`.'),
    timestamp: z
      .enum(['unix', 'unix-ms', 'iso8601'])
      .default('unix')
      .describe('What `{timestamp}` is: seconds or milliseconds since 1970, or `2027-01-31T12:00:00.000Z`.'),
    timestamp_header: headerName.optional().describe('A header of its own for the timestamp.'),
    nonce_header: headerName.optional().describe('A header of its own for the nonce: 32 hexadecimal digits.'),
  },
  make: (options, context: InjectContext): Injection => hmacInjection(options, context, systemMeans),
});

type Options = z.output<z.ZodObject<(typeof hmacSigner)['options']>>;

export function hmacInjection(options: Options, context: InjectContext, means: Means): Injection {
  const { secret, field, algorithm, encoding } = options;
  const places = placesOf(options);
  const [message, sent] = [parseMessage(options.message), parseSent(options.template)];
  checkVariables(message, sent, places);
  const reference = { secret, field };
  const names = [places.signature, places.timestamp, places.nonce].flatMap((name) => name ?? []);
  const holdsBody = message.some((part) => typeof part !== 'string' && /^body(?:_sha256)?$/.test(part.secret));
  const wants: Injection['wants'] = ({ headers }, client) => {
    if (context.mode === 'set') return true;
    const values = headers.all(places.signature).join('\n');
    const occurrences = occurrencesIn(values, substitutionsFor([reference], client, context.placeholders));
    return occurrences > 0 && occurrences <= mostOccurrences;
  };
  return {
    place: `hmac header ${places.signature}`,
    mode: context.mode,
    fields: names,
    writes: names.map(fieldSlot),
    secrets: [secret],
    wants,
    holds: (head, client) => holdsBody && wants(head, client),
    inject({ headers }) {
      // Whatever a server may read as one of ours: signatures of somebody else's, and times that were not signed.
      headers.removeWhere((name) => names.some((ours) => sameField(name, ours)));
      return [];
    },
    tryKeys(credentials) {
      keyFrom(reference, options.key_encoding, credentials);
    },
    sign(request, _, credentials) {
      const moment: Moment = { timestamp: timestamps[options.timestamp](means.now()), nonce: means.nonce() };
      if (places.timestamp !== undefined) request.headers.set(places.timestamp, moment.timestamp);
      if (places.nonce !== undefined) request.headers.set(places.nonce, moment.nonce);
      const key = keyFrom(reference, options.key_encoding, credentials);
      const signature = createHmac(algorithm, key)
        .update(messageOf(message, request, moment))
        .digest(encoding);
      const values = { ...moment, signature };
      request.headers.set(
        places.signature,
        render(sent, (part) => values[part.secret as keyof typeof values]),
      );
      return { rendered: [signature] };
    },
  };
}

interface Places {
  readonly signature: string;
  readonly timestamp: string | undefined;
  readonly nonce: string | undefined;
}

/** In lower case, each another. Throws `UsageError`. */
function placesOf({ header, timestamp_header, nonce_header }: Options): Places {
  const names = [header, timestamp_header, nonce_header].map((name) => name?.toLowerCase());
  const given = names.flatMap((name) => name ?? []);
  for (const name of given) refuseReserved(name);
  if (given.some((name, at) => given.findIndex((other) => sameField(other, name)) !== at)) {
    throw new UsageError('signature, timestamp and nonce of an hmac go in a header each.');
  }
  const [signature = '', timestamp, nonce] = names;
  return { signature, timestamp, nonce };
}
