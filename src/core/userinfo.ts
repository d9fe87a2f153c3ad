/** What a client sent in `Authorization: Basic` (RFC 7617): bytes as Latin-1 characters, so that none is lost. */
export interface Userinfo {
  readonly userinfo: string;
  readonly user: string;
  /** The colon and the password; empty where there is no colon. */
  readonly rest: string;
}

/** The userinfo of a header value; undefined for another scheme, or where it is no base64. */
export function parseUserinfo(value: string): Userinfo | undefined {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i.exec(value) ?? [];
  if (encoded === undefined) return undefined;
  const userinfo = Buffer.from(encoded, 'base64').toString('latin1');
  const colon = userinfo.indexOf(':');
  const end = colon === -1 ? userinfo.length : colon;
  return { userinfo, user: userinfo.slice(0, end), rest: userinfo.slice(end) };
}
