import type { Sealed } from '../../core/sealed.js';
import { fileSource } from '../file.js';
import type { FetchContext } from '../index.js';
import type { SecretReference } from '../reference.js';
import { reveal } from '../seal.js';
import type { CommonContext } from '../source-context.js';
import { unavailable } from '../unavailable.js';

/** Where the API key is: one of both. */
export interface ApiKeyPlace {
  readonly api_key: SecretReference | undefined;
  readonly api_key_file: string | undefined;
}

/** Visible ASCII (RFC 6750 section 2.1): anything else would be another header, or none. */
const keyText = /^[\x21-\x7e]{1,4096}$/;

/** The API key as it is now, on its way to `origin`. Rejects with `secret_unavailable`. */
export async function apiKeyFrom(
  { api_key, api_key_file }: ApiKeyPlace,
  { context, name, origin }: { readonly context: CommonContext; readonly name: string; readonly origin: string },
  fetching: FetchContext,
): Promise<Sealed> {
  const sealed =
    api_key === undefined
      ? await inFile(api_key_file, { ...context, name }, fetching)
      : await fetching.secret(api_key, origin);
  if (sealed !== undefined && keyText.test(reveal(sealed))) return sealed;
  throw unavailable(name, 'what should be the API key of WorkOS is not visible ASCII without spaces', 'login');
}

async function inFile(
  path: string | undefined,
  context: CommonContext,
  fetching: FetchContext,
): Promise<Sealed | undefined> {
  if (path === undefined) throw new TypeError('a backend without a key');
  const file = fileSource.make({ path, format: 'text' }, { ...context, backend: undefined });
  return (await file.fetch(fetching)).fields['value'];
}
