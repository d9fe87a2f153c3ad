import { emptyName } from './certificate.js';
import { content, decode, type Der, encode, isTagged, members, objectId } from './der.js';
import { extensionIds } from './extensions.js';

/** What a CA certificate says of itself, as far as issuing depends on it and Node's X509Certificate does not tell. */
export interface AuthorityFields {
  /** The subject, byte for byte. */
  readonly name: Der;
  readonly keyId: Buffer | undefined;
  /** The whole extension in DER. */
  readonly nameConstraints: Buffer | undefined;
  /** How many CAs may stand below; undefined: any number. */
  readonly pathLength: number | undefined;
  /** Whether its extended key usage, where it has one, lets it sign for servers. */
  readonly signsForServers: boolean;
}

const forServers = ['1.3.6.1.5.5.7.3.1', '2.5.29.37.0'].map((id) => content(objectId(id)));

export function readAuthority(der: Uint8Array): AuthorityFields {
  const fields = members(members(decode(der))[0]);
  const first = fields[0] !== undefined && isTagged(fields[0], 0) ? 1 : 0;
  const last = fields.at(-1);
  const extensions = last !== undefined && isTagged(last, 3) ? members(members(last)[0]) : [];
  const find = (id: string): Der | undefined => {
    const wanted = content(objectId(id));
    return extensions.find((candidate) => content(members(candidate)[0]).equals(wanted));
  };
  const identifier = valueOf(find(extensionIds.subjectKeyIdentifier));
  const constraints = find(extensionIds.nameConstraints);
  const [, pathLength] = members(valueOf(find(extensionIds.basicConstraints)));
  const purposes = valueOf(find(extensionIds.extendedKeyUsage));
  return {
    name: fields[first + 4] ?? emptyName,
    keyId: identifier === undefined ? undefined : content(identifier),
    nameConstraints: constraints === undefined ? undefined : encode(constraints),
    pathLength: pathLength === undefined ? undefined : content(pathLength).readUIntBE(0, content(pathLength).length),
    signsForServers:
      purposes === undefined || members(purposes).some((one) => forServers.some((id) => id.equals(content(one)))),
  };
}

/** An extension's value stands in an octet string, the last of its members. */
function valueOf(extension: Der | undefined): Der | undefined {
  const value = members(extension).at(-1);
  return value === undefined ? undefined : decode(content(value));
}
