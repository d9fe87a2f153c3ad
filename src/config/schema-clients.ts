import { z } from 'zod';
import { section } from './section.js';
import { nameText, text } from './text.js';

/** The `clients` section: who may ask. */
export function clientsSection() {
  const client = section(
    {
      name: nameText.describe('The user name in `Proxy-Authorization: Basic name:token`, and the name in policies.'),
      token_sha256: text(
        {
          title: 'SHA-256',
          allowed: 'the SHA-256 of a token as 64 hexadecimal digits (`keywright client add` makes both)',
          pattern: /^[0-9A-Fa-f]{64}$/,
        },
        (value) => value.toLowerCase(),
      )
        .optional()
        .describe('The SHA-256 of its token, in hexadecimal. Left out, only `run --client` can be this client.'),
    },
    ['jwt', 'mtls', 'kubernetes'],
  ).transform(({ name, token_sha256 }) => ({ name, tokenSha256: token_sha256 }));
  return z.array(client).prefault([]).describe('Who may ask.');
}
