import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../core/usage-error.js';
import { expected, notYet } from './messages.js';
import { section } from './section.js';
import { text } from './text.js';

/** Where a listener listens. */
export type ListenAddress =
  | { readonly transport: 'tcp'; readonly host: string; readonly port: number }
  | { readonly transport: 'unix'; readonly path: string };

/** The `listen` section: where the proxy can be reached. */
export function listenSection(folder: string) {
  const address = text(
    { title: 'listen address', allowed: '"address:port" with an IP address, or "unix:/path"' },
    (value) => parseListenAddress(value, folder),
  );
  return section(
    {
      proxy: z
        .array(address)
        .min(1)
        .prefault(['127.0.0.1:8700'])
        .describe('Where callers connect: `address:port` (an IP address; port 0 takes a free one) or `unix:/path`.'),
      admin: adminText(folder)
        .optional()
        .describe('Where health is served: `unix:/path`, made with mode 0600. Left out, there is no such listener.'),
      unsafe_plain_listener: z
        .boolean()
        .prefault(false)
        .describe(
          'Callers off this machine may connect without TLS: whoever sees the network then sees their proxy passwords.',
        ),
    },
    ['tls', 'admin_token_file', 'workers'],
  )
    .prefault({})
    .transform(({ proxy, admin, unsafe_plain_listener }) => ({
      proxy,
      admin,
      unsafePlainListener: unsafe_plain_listener,
    }))
    .describe('The listeners.');
}

function adminText(folder: string): z.ZodType<ListenAddress, string> {
  const allowed = '"unix:/path"';
  return z
    .string({ error: expected(allowed) })
    .regex(/^unix:./, {
      error: (issue) =>
        /:\d+$/.test(String(issue.input)) ? notYet('an admin listener on TCP', [allowed]) : expected(allowed)(issue),
    })
    .meta({ title: 'listen address' })
    .transform((value) => parseListenAddress(value, folder));
}

function parseListenAddress(value: string, folder: string): ListenAddress {
  if (value.startsWith('unix:')) {
    const path = value.slice('unix:'.length);
    if (path === '' || path.includes('\0')) throw unusable('the path is empty or holds NUL');
    return { transport: 'unix', path: isAbsolute(path) ? path : resolve(folder, path) };
  }
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(0|[1-9]\d{0,4})$/.exec(value) ?? [];
  if (digits === undefined) throw unusable('there is no port from 0 to 65535');
  const host = bracketed ?? plain ?? '';
  const family = isIP(host);
  // A name could resolve to anything, localhost too.
  if (family !== (bracketed === undefined ? 4 : 6)) throw unusable('the host is not an IP address');
  if (Number(digits) > 65_535) throw unusable('there is no port from 0 to 65535');
  return { transport: 'tcp', host, port: Number(digits) };
}

/** Can only this machine connect? */
export function isLocal(address: ListenAddress): boolean {
  return address.transport === 'unix' || address.host === '::1' || address.host.startsWith('127.');
}

function unusable(reason: string): UsageError {
  return new UsageError(`The listen address cannot be used: ${reason}.`);
}
