import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { HttpClient } from '../net/client.js';
import type { CommonContext } from './source-context.js';

/** A file, relative to the folder of the configuration. */
export const fileOption = z.string().regex(/^[^\0]+$/);

/** Where a backend is. In cleartext on this machine only, or where `unsafe_cleartext` says so. */
export const addressOption = z
  .string()
  .meta({ title: 'URL' })
  .refine((text) => addressOf(text) !== undefined, {
    error: 'found no URL that can be used; allowed is https://host[:port][/path], without user name, query or fragment',
  });

/** Beside `addressOption`: how it is reached. */
export const connectionOptions = {
  ca_file: fileOption.optional().describe('Certificates in PEM to trust for it, instead of the usual roots.'),
  client_cert_file: fileOption
    .optional()
    .describe('The certificate to show it (mutual TLS), PEM; read for each connection.'),
  client_key_file: fileOption.optional().describe('The key of that certificate, PEM, mode 0600.'),
  server_name: z
    .string()
    .min(1)
    .optional()
    .describe("The name to find in its certificate, where it is not the host's."),
  unsafe_cleartext: z
    .boolean()
    .default(false)
    .describe(
      'It may be asked without TLS, though it is not on this machine: secrets then cross the network in cleartext.',
    ),
};

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
    allowCleartext: options.unsafe_cleartext === true || isLoopback(url.hostname),
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

/** By number, or by the one name that no resolver may lead elsewhere (RFC 6761 section 6.3). */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}
