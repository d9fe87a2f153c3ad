import { createHmac, randomBytes } from 'node:crypto';
import { marker, idLength } from './marker.js';
import { fillShape, parseShape } from './shape.js';

const plainShape = 'kw_<32 hex>';

/** Whom a placeholder is bound to. */
export interface Binding {
  readonly client: string;
  readonly secret: string;
}

/** What clients send in place of secrets. A placeholder is no secret; it is bound to one client and one secret. */
export interface Placeholders {
  /** Whether any injection can ever ask for one: without, nothing needs to be searched. */
  readonly any: boolean;
  /** The placeholder of a client for a secret, as the client sends it; undefined where there is no such client or secret. */
  of(client: string, secret: string): string | undefined;
  /** Whose placeholder has this id: 24 hexadecimal digits, the 96 bits after the marker. */
  owner(id: string): Binding | undefined;
}

/**
 * Placeholders that follow from a key: the same after a restart and on every replica. `secrets` maps each secret to the
 * shape of its placeholders. Throws `UsageError` for a shape that cannot be used.
 */
export function keyedPlaceholders(
  key: Buffer,
  clients: readonly string[],
  secrets: ReadonlyMap<string, string | undefined>,
): Placeholders {
  const shapes = new Map(Array.from(secrets, ([name, text = plainShape]) => [name, { text, shape: parseShape(text) }]));
  const known = new Set(clients);
  const made = new Map<string, string>();
  let owners: ReadonlyMap<string, Binding> | undefined;
  const idOf = ({ client, secret }: Binding, shape: string): string => {
    const digest = createHmac('sha256', key).update(`${client}\0${secret}\0${shape}`).digest('hex');
    return digest.slice(0, idLength);
  };
  return {
    any: known.size > 0 && shapes.size > 0,
    of(client, secret) {
      const place = `${client}\0${secret}`;
      const shape = shapes.get(secret);
      if (made.has(place) || shape === undefined || !known.has(client)) return made.get(place);
      const placeholder = fillShape(shape.shape, marker + idOf({ client, secret }, shape.text));
      made.set(place, placeholder);
      return placeholder;
    },
    owner(id) {
      owners ??= new Map(
        clients.flatMap((client) =>
          Array.from(shapes, ([secret, { text }]) => [idOf({ client, secret }, text), { client, secret }]),
        ),
      );
      return owners.get(id);
    },
  };
}

/** Placeholders of one run: nobody can know them beforehand, nobody can use them afterwards. */
export function randomPlaceholders(
  clients: readonly string[],
  secrets: ReadonlyMap<string, string | undefined>,
): Placeholders {
  return keyedPlaceholders(randomBytes(32), clients, secrets);
}
