import type { FetchContext } from '../index.js';
import type { SourceContext } from '../source-context.js';
import { assertionFor } from './assertion.js';
import type { GoogleOptions } from './options.js';
import { placeAt } from './place.js';
import { readServiceAccountKey } from './service-account-key.js';
import type { Terms } from './terms.js';
import { accessTokenIn, idTokenIn, type Token } from './token.js';

/** A token of a service account, by its key. */
export function tokenByKey(
  { key: reference, subject, wanted }: Extract<Terms, { by: 'key' }>,
  options: GoogleOptions,
  context: SourceContext,
): (fetching: FetchContext) => Promise<Token> {
  const { name, clock } = context;
  const place = placeAt(options.token_url, options, context);
  return async ({ secret, signal }) => {
    // The key signs here and goes nowhere.
    const key = readServiceAccountKey(name, await secret(reference), options.token_url);
    const now = clock.now();
    const assertion = await assertionFor(key, { wanted, subject, now });
    const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion });
    const answer = await place.ask({ body, shown: `the assertion of ${reference.name}`, signal });
    const reading = { name, origin: place.origin, now };
    return wanted.kind === 'access' ? accessTokenIn(reading, answer) : idTokenIn(reading, answer['id_token']);
  };
}
