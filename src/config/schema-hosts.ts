import { z } from 'zod';
import { compileDestination } from '../net/destination.js';
import { defaultPorts, formatAuthority, parseAuthority } from '../policy/authority.js';
import { parseHostPattern } from '../policy/host-pattern.js';
import { section } from './section.js';
import { filePath, text } from './text.js';

export const hostPatternText = text(
  {
    title: 'host pattern',
    allowed: 'a host such as api.example.com, api.example.com:8443 or "*.example.com"',
  },
  parseHostPattern,
);

/** The `destinations` section. Keys in the result are `host:port` in canonical form. */
export function destinationsSection(folder: string) {
  const destination = section(
    {
      address: text(
        { title: 'address', allowed: 'an IP address with an optional port, such as 192.0.2.1:9443' },
        (address) => {
          compileDestination({ address, allowPrivate: false }, []);
          return address;
        },
      )
        .optional()
        .describe('A static address. It is spelled out here, so it is exempt from the address check.'),
      ca_file: filePath(folder).optional().describe('Certificates in PEM to trust for it, besides the usual roots.'),
      server_name: text(
        { title: 'host', allowed: 'a host name' },
        (name) => parseAuthority(name, defaultPorts.https).host,
      )
        .optional()
        .describe('The name to ask for and to find in its certificate, where it is not the host.'),
      allow_private: z.boolean().prefault(false).describe('It may resolve to a private address.'),
    },
    ['client_cert_file', 'client_key_file'],
  ).transform(({ address, ca_file, server_name, allow_private }) => ({
    ...(address === undefined ? {} : { address }),
    caFile: ca_file,
    ...(server_name === undefined ? {} : { serverName: server_name }),
    allowPrivate: allow_private,
  }));
  return z
    .record(authorityText, destination)
    .prefault({})
    .transform((destinations, context) => {
      const byAuthority = new Map<string, z.output<typeof destination>>();
      for (const [key, value] of Object.entries(destinations)) {
        const authority = formatAuthority(parseAuthority(key, defaultPorts.https));
        if (byAuthority.has(authority)) {
          const message = 'found this destination a second time, in another spelling; allowed is once';
          context.addIssue({ code: 'custom', path: [key], params: { at: 'key' }, message });
        }
        byAuthority.set(authority, value);
      }
      return byAuthority;
    })
    .describe('Destinations that need something special. Keys are `host` (port 443) or `host:port`.');
}

const authorityText = text(
  { title: 'authority', allowed: 'a host such as api.example.com or api.example.com:8443' },
  (value) => {
    parseAuthority(value, defaultPorts.https);
    return value;
  },
);
