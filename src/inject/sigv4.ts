import { z } from 'zod';
import { systemClock } from '../core/clock.js';
import { defineKind } from '../core/kind.js';
import type { RequestHead } from '../core/message.js';
import type { HeaderList } from '../core/header-list.js';
import { signV4 } from '../net/sigv4.js';
import { fieldSlot, sameField } from './field-name.js';
import type { Injection } from './index.js';
import type { InjectContext } from './inject-context.js';
import { canonicalTarget } from './sigv4/canonical.js';
import { keyReferences, secretAccessKey, shownKeys, tryKeys } from './sigv4/keys.js';
import { preparePayload, statesNoHash } from './sigv4/payload.js';
import { dropPresigned, isPresignedBy, presignedClaim, statesHash } from './sigv4/presigned.js';
import { refusesKeys } from './sigv4/refused.js';
import { isServed } from './sigv4/served.js';
import { isS3, isSignature, isSignedBy, readAuthorization, readUnfinished, unfinished } from './sigv4/scope.js';
import type { Claimed } from './sigv4/scope.js';
import { headersToSign } from './sigv4/signed-headers.js';
import { unsignable } from './sigv4/unsignable.js';
import { secretName } from './signer-options.js';
import { secretsOf } from './template.js';

/** What the client sent there is dropped, and what CGI and WSGI would read as the same. */
const tokenHeader = 'x-amz-security-token';
const dateHeaders = ['date', 'x-amz-date'];
const fieldOfSecret = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}(?:\.[\w-]{1,64})?$/,
    'allowed is the name of a secret, or `name.field`, without braces',
  );
const scopeName = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,64}$/, 'allowed is one name as signatures have it, such as eu-central-1 or s3');

const options = {
  secret: secretName
    .optional()
    .describe(
      'The secret that has all parts of the keys, in fields called as in `access_key_id`, `secret_access_key`, `session_token`: a `sts` source, the AWS engine of Vault.',
    ),
  access_key_id: fieldOfSecret
    .optional()
    .describe('Instead of `secret`: `name` or `name.field` of the secret that has it.'),
  secret_access_key: fieldOfSecret.optional().describe('With `access_key_id`. It signs requests and is sent nowhere.'),
  session_token: fieldOfSecret.optional().describe('With `access_key_id`, for temporary keys.'),
  regions: z
    .array(scopeName)
    .min(1)
    .optional()
    .describe('What a signature may be for, such as `eu-central-1`. Left out: what the client asks for.'),
  services: z
    .array(scopeName)
    .min(1)
    .optional()
    .describe('As signatures call them, such as `s3` or `bedrock`. Left out: what the client asks for.'),
};

/**
 * Signature Version 4 of AWS, made anew: the caller, which holds keys that are none, says by its own signature what is to be signed, and
 * for which region and service. Time and key are ours.
 */
export const sigv4Signer = defineKind({
  kind: 'sigv4',
  summary:
    'Signs requests to AWS anew (Signature Version 4) that the client has signed with a placeholder, or with anything.',
  options,
  make: (
    { regions, services, ...keyOptions },
    { mode, placeholders, clock = systemClock }: InjectContext,
  ): Injection => {
    const keys = keyReferences(keyOptions);
    const [{ secret } = { secret: '' }] = keys.id;
    const placeholderOf = (client: string): string | undefined =>
      mode === 'substitute' ? placeholders.of(client, secret) : undefined;
    const wants = (head: RequestHead, client: string): boolean =>
      mode === 'set' || isSignedWith(head, placeholderOf(client));
    const allowed = { regions, services };
    return {
      place: 'sigv4',
      mode,
      fields: ['authorization', tokenHeader],
      writes: ['authorization', tokenHeader, ...dateHeaders, 'x-amz-content-sha256'].map(fieldSlot),
      secrets: secretsOf([...keys.id, ...keys.secret, ...keys.token]),
      wants,
      holds(head, client) {
        if (!statesNoHash(head.headers) || statesHash(head.path) || !wants(head, client)) return false;
        const service = serviceOf(head, allowed);
        return service !== undefined && !isS3(service);
      },
      inject(draft, client, credentials) {
        const claimed = claimedBy(draft, allowed, placeholderOf(client));
        const { accessKeyId, sessionToken } = shownKeys(keys, credentials);
        draft.headers.set('authorization', unfinished({ ...claimed, accessKeyId }));
        draft.headers.removeWhere((name) => sameField(name, tokenHeader));
        if (sessionToken !== undefined) draft.headers.set(tokenHeader, sessionToken);
        return [];
      },
      isRefused: refusesKeys,
      tryKeys: (credentials) => tryKeys(keys, credentials),
      async sign(request, _, credentials) {
        const { accessKeyId, region, service, signedHeaders } = readUnfinished(request.headers);
        const body = preparePayload(request, isS3(service));
        const { wire, path, query } = canonicalTarget(request.path, isS3(service));
        requireServed({ host: request.host.toLowerCase(), path, service }, allowed);
        request.path = wire;
        for (const date of dateHeaders) request.headers.remove(date);
        const headers = headersToSign(request, signedHeaders);
        const { method, content } = request;
        const signed = await signV4(
          { method, path, query, headers, body: content, plainPath: isS3(service) },
          { region, service, accessKeyId, secretAccessKey: secretAccessKey(keys, credentials), now: clock.now() },
        );
        const { authorization = '', 'x-amz-date': date = '' } = signed;
        request.headers.set('x-amz-date', date);
        request.headers.set('authorization', authorization);
        return {
          rendered: [authorization.slice(authorization.lastIndexOf('=') + 1)],
          ...(body !== undefined && { body }),
        };
      },
    };
  },
});

interface Allowed {
  readonly regions: readonly string[] | undefined;
  readonly services: readonly string[] | undefined;
}

function isSignedWith({ headers, path }: RequestHead, placeholder: string | undefined): boolean {
  if (placeholder === undefined) return false;
  return (
    headers.all('authorization').some((value) => isSignedBy(value, placeholder)) || isPresignedBy(path, placeholder)
  );
}

/** Takes the caller's signature off the request, wherever it stood, and gives what it is for. Throws `unsignable`. */
function claimedBy(draft: RequestHead, allowed: Allowed, placeholder: string | undefined): Claimed {
  const inHeader = signatureIn(draft.headers);
  const inQuery = presignedClaim(draft.path);
  if (inQuery !== undefined && draft.headers.has('authorization'))
    throw unsignable('has a signature in its query, and an authorization in its headers too');
  const claimed = inHeader ?? inQuery ?? onlyScope(allowed);
  // It began like the placeholder: what follows would go to AWS as a part of the key's name.
  if (placeholder !== undefined && claimed.accessKeyId !== placeholder)
    throw unsignable('is signed with another key too');
  requireAllowed('region', claimed.region, allowed.regions);
  requireAllowed('service', claimed.service, allowed.services);
  dropPresigned(draft, inQuery !== undefined);
  return claimed;
}

function signatureIn(headers: HeaderList): Claimed | undefined {
  const [authorization, ...others] = headers.all('authorization');
  if (others.length > 0) throw unsignable('has more than one authorization');
  return authorization !== undefined && isSignature(authorization) ? readAuthorization(authorization) : undefined;
}

/** Of a request that is not signed at all. */
function onlyScope({ regions = [], services = [] }: Allowed): Claimed {
  const [region, service] = [regions[0], services[0]];
  if (region === undefined || service === undefined || regions.length > 1 || services.length > 1) {
    throw unsignable(
      'is not signed, and nothing says for which region and service it would be',
      'One entry in `regions` and one in `services` of the signer would allow it.',
    );
  }
  return { accessKeyId: '', region, service, signedHeaders: ['host'] };
}

function requireAllowed(what: 'region' | 'service', value: string, allowed: readonly string[] | undefined): void {
  if (allowed === undefined || allowed.includes(value)) return;
  throw unsignable(
    `is signed for another ${what} than the signer allows`,
    `The signer's \`${what}s\` are ${allowed.join(', ')}: the other one would have to be among them.`,
  );
}

/** What is signed is for the host that it goes to, and good nowhere else. */
function requireServed(request: Parameters<typeof isServed>[0], { services }: Allowed): void {
  if (isServed(request, services?.includes(request.service) ?? false)) return;
  throw unsignable(
    'is signed for a service that its host does not serve, going by its name',
    'A signature seen at a host of somebody else could be used at the service that it is for. Where that is a service of AWS which has hosts of another name than its own, or an API behind API Gateway (execute-api), `services` of the signer would have to name it.',
  );
}

/** The service that the caller's signature is for; undefined where it cannot be read, and the request will be refused. */
function serviceOf(head: RequestHead, allowed: Allowed): string | undefined {
  try {
    return (signatureIn(head.headers) ?? presignedClaim(head.path) ?? onlyScope(allowed)).service;
  } catch {
    // Why is said when it is signed.
    return undefined;
  }
}
