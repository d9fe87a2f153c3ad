import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { beginsLikeKey } from '../core/key-shape.js';
import type { Rule } from '../core/rule.js';
import type { HttpClient } from '../net/client.js';
import { allowedUnseen, textOption, unseenTextOption } from './allowed.js';
import { ruleOf, together } from './option-rules.js';
import type { CommonContext } from './source-context.js';

const aPath = 'the path of a file or folder, relative to the folder of the configuration or absolute';

/** A file, relative to the folder of the configuration. The value that belongs into the file is not taken for its name. */
export const fileOption = unseenTextOption(/^[^\0]+$/, aPath).refine(
  (text) => !beginsLikeKey(text),
  allowedUnseen(aPath),
);

const aUrl = 'https://host[:port][/path], without user name, query or fragment';

/** Where a backend is. In cleartext on this machine only, or where `unsafe_cleartext` says so. */
export const addressOption = z
  .string(allowedUnseen(aUrl))
  .meta({ title: 'URL' })
  .refine((text) => addressOf(text) !== undefined, {
    error: ({ input }) => `found ${flawOf(String(input))}; allowed is ${aUrl}`,
  });

/** What Keywright adds to an address by itself: whoever copies one from elsewhere may have brought it along. */
export function addressWithout(endings: readonly string[]): z.ZodString {
  const endingOf = (text: string): string | undefined => endings.find((one) => text.replace(/\/+$/, '').endsWith(one));
  return addressOption.refine((text) => endingOf(text) === undefined, {
    error: ({ input }) =>
      `found a URL that ends in ${endingOf(String(input)) ?? ''}; allowed is it without, as what comes after is added here`,
  });
}

/** Beside `addressOption`: how it is reached. */
export const connectionOptions = {
  ca_file: fileOption.optional().describe('Certificates in PEM to trust for it, instead of the usual roots.'),
  client_cert_file: fileOption
    .optional()
    .describe('The certificate to show it (mutual TLS), PEM; read for each connection.'),
  client_key_file: fileOption.optional().describe('The key of that certificate, PEM, mode 0600.'),
  server_name: textOption(/^[A-Za-z0-9_.-]+$/, 'a host name')
    .optional()
    .describe("The name to find in its certificate, where it is not the host's."),
  unsafe_cleartext: z
    .boolean()
    .default(false)
    .describe(
      'It may be asked without TLS, though it is not on this machine: secrets then cross the network in cleartext.',
    ),
};

/** What these have to be together with the options that are addresses. */
export function connectionRules(...addresses: readonly string[]): readonly Rule[] {
  return [...addresses.map(cleartextRule), together('client_cert_file', 'client_key_file')];
}

function cleartextRule(key: string): Rule {
  const rule = ruleOf<Readonly<Record<string, unknown>>>();
  return rule([key, 'unsafe_cleartext'], (options) => {
    const address = options[key];
    const url = typeof address === 'string' ? addressOf(address) : undefined;
    if (url === undefined || options['unsafe_cleartext'] === true || !isInCleartext(url)) return [];
    const message =
      'found an address without TLS that is not on this machine; allowed is https://…, or unsafe_cleartext: true';
    return [{ path: [key], message }];
  });
}

export interface ConnectionOptions {
  readonly ca_file?: string | undefined;
  readonly client_cert_file?: string | undefined;
  readonly client_key_file?: string | undefined;
  readonly server_name?: string | undefined;
  readonly unsafe_cleartext?: boolean;
}

/** The way to a backend. Throws `TypeError` for what the options above do not let through. */
export function connectTo(address: string, options: ConnectionOptions, { folder, http }: CommonContext): HttpClient {
  const url = addressOf(address);
  if (url === undefined) throw new TypeError('the address was not checked');
  const file = (path: string | undefined): string | undefined => (path === undefined ? path : resolve(folder, path));
  return http({
    address: url,
    allowCleartext: options.unsafe_cleartext === true || !isInCleartext(url),
    caFile: file(options.ca_file),
    certFile: file(options.client_cert_file),
    keyFile: file(options.client_key_file),
    serverName: options.server_name,
  });
}

function addressOf(text: string): URL | undefined {
  if (!/^https?:\/\/[^\s?#@\\]+$/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.username === '' && url.password === '' ? url : undefined;
}

/** Never the text itself: a password may stand in it. */
function flawOf(text: string): string {
  if (text === '') return 'an empty text';
  if (!/^https?:\/\//.test(text)) return 'a text that does not begin with https://';
  if (/^https?:\/\/[^/?#]*@/.test(text)) return 'a URL with a user name or password in it (not shown)';
  if (text.includes('?')) return 'a URL with a query';
  return text.includes('#') ? 'a URL with a fragment' : 'no URL that can be used';
}

/** Secrets would cross a network without TLS. */
function isInCleartext({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !isLoopback(hostname);
}

/** By number, or by the one name that no resolver may lead elsewhere (RFC 6761 section 6.3). */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}
