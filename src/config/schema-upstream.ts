import { isIP } from 'node:net';
import { z } from 'zod';
import type { Authority } from '../core/message.js';
import { Refusal } from '../core/refusal.js';
import { parseDirectRule } from '../net/direct-rule.js';
import { parseAuthority } from '../policy/authority.js';
import { expected, foundButAllowed } from './messages.js';
import { section } from './section.js';
import { filePath, text } from './text.js';

/** The `upstream` section: how destinations are reached. */
export function upstreamSection(folder: string) {
  return section(shape(folder))
    .prefault({})
    .transform((upstream, context) => {
      for (const [key, message] of mistakes(upstream)) {
        context.addIssue({ code: 'custom', path: [key], params: { at: 'key' }, message });
      }
      const { ca_file, proxy, proxy_ca_file, proxy_username, proxy_password_file, no_proxy } = upstream;
      if (proxy === undefined) return { caFile: ca_file, proxy: undefined };
      const credentials = { username: proxy_username, passwordFile: proxy_password_file };
      return { caFile: ca_file, proxy: { ...proxy, caFile: proxy_ca_file, ...credentials, direct: no_proxy ?? [] } };
    })
    .describe('How destinations are reached.');
}

function shape(folder: string) {
  return {
    ca_file: filePath(folder)
      .optional()
      .describe('Certificates in PEM to trust for every destination, besides the usual roots.'),
    proxy: proxyUrl
      .optional()
      .describe(
        'A proxy that every connection goes through, opened by CONNECT, to destinations in the clear too. It looks the names up, so a name has to be a public one: an IP address or a private name (`.internal`, `.corp`, `.lan`, a single label …) needs `allow_private` at its destination. Its own address may be private. Destinations with a static `address` are reached directly.',
      ),
    proxy_ca_file: filePath(folder)
      .optional()
      .describe('Certificates in PEM to trust for an `https:` proxy itself, besides the usual roots.'),
    proxy_username: text(
      { title: 'user name', allowed: 'a user name without ":" or control characters', pattern: /^[^:\p{Cc}]{1,256}$/u },
      (value) => value,
    )
      .optional()
      .describe('The user name for the proxy (Basic).'),
    proxy_password_file: filePath(folder)
      .optional()
      .describe('A file with the password for it, mode 0600, read at the start.'),
    unsafe_cleartext: z
      .boolean()
      .optional()
      .describe('The password may go in cleartext to an `http:` proxy that is not on this machine.'),
    no_proxy: z
      .array(directRule)
      .optional()
      .describe(
        'What is reached directly, with its addresses checked as without a proxy: hosts, `*.example.com`, IP addresses, each with or without `:port` (without: every port), and blocks such as `10.0.0.0/8`, which stand for requests to an address alone: no name is looked up for them.',
      ),
  };
}

type Written = z.output<z.ZodObject<ReturnType<typeof shape>>>;

/** What only shows when the keys are seen together. */
function mistakes(upstream: Written): readonly (readonly [key: keyof Written, message: string])[] {
  const { proxy, proxy_ca_file, proxy_username, proxy_password_file, unsafe_cleartext } = upstream;
  const ofProxy = ['proxy_ca_file', 'proxy_username', 'proxy_password_file', 'unsafe_cleartext', 'no_proxy'] as const;
  if (proxy === undefined) {
    return ofProxy
      .filter((key) => upstream[key] !== undefined)
      .map((key) => [key, `found "${key}" without a proxy; allowed is "proxy" beside it`]);
  }
  const found: [keyof Written, string][] = [];
  if (!proxy.secure && proxy_ca_file !== undefined) {
    found.push(['proxy_ca_file', 'found certificates for a proxy without TLS; allowed is an https:// proxy']);
  }
  if (proxy_username !== undefined && proxy_password_file === undefined) {
    found.push(['proxy_username', 'found a user name without a password; allowed is "proxy_password_file" beside it']);
  }
  if (proxy_password_file === undefined) return found;
  if (proxy_username === undefined) {
    found.push(['proxy_password_file', 'found a password without a user name; allowed is "proxy_username" beside it']);
  }
  if (!proxy.secure && !isLoopback(proxy.authority) && unsafe_cleartext !== true) {
    const allowed = 'allowed is an https:// proxy, one at an address of this machine, or unsafe_cleartext: true';
    found.push(['proxy_password_file', `found a password that would go to the proxy in cleartext; ${allowed}`]);
  }
  return found;
}

/** By number: a name could resolve to anything. */
function isLoopback({ host }: Authority): boolean {
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

const directRule = text(
  { title: 'host or block', allowed: 'a host, "*.example.com", an IP address, or a block such as 10.0.0.0/8' },
  parseDirectRule,
);

const allowedUrl = 'a URL with a port, such as http://proxy.example:3128 or https://proxy.example:3129';

/** Not by `text`, whose messages may show what they found: here it may hold a password. */
const proxyUrl = z
  .string({ error: expected(allowedUrl) })
  .meta({ title: 'proxy URL' })
  .transform((url, context) => {
    const [, scheme, rest = ''] = /^(https?):\/\/([^/?#]*)\/?$/i.exec(url) ?? [];
    try {
      if (url.includes('@')) throw new Refusal('bad_authority');
      if (scheme === undefined) throw new Refusal('bad_authority', { cause: 'it is not http:// or https://' });
      return { secure: scheme.toLowerCase() === 'https', authority: parseAuthority(rest) };
    } catch (error) {
      const cause = error instanceof Refusal ? error.cause : undefined;
      context.addIssue({ code: 'custom', message: cause === undefined ? withUserinfo : unusable(url, cause) });
      return z.NEVER;
    }
  });

const withUserinfo =
  'found a URL with a user name or password (not shown); allowed is one without: put them in "proxy_username" and in a file that "proxy_password_file" names';

function unusable(url: string, cause: unknown): string {
  return foundButAllowed(url, `${allowedUrl}${typeof cause === 'string' ? ` (${cause})` : ''}`);
}
