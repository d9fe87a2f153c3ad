import type { Identifier } from './index.js';
import { tokenIdentifier, type TokenClient } from './token.js';

/** What the configuration says of a client, as far as any way to know it needs. */
export type KnownClient = TokenClient;

/** Every way to know a caller, in the order in which they are asked. */
export function identifiersFor(clients: readonly KnownClient[]): readonly Identifier[] {
  return [tokenIdentifier(clients)];
}

/** Keys of a client that are refused by name until they are here. */
export const laterIdentities: readonly string[] = ['jwt', 'mtls', 'kubernetes'];
